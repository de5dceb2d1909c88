import { defineConfig } from 'carpool';
import { plushie } from 'carpool/plushie';

export default defineConfig({
  pools: {
    renderer: plushie({ mode: 'mock' }),
    solver: { command: 'solver' },
  },
});

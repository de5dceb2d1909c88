import { defineConfig } from 'carpool';
import { plushie } from 'carpool/plushie';

const config = defineConfig({
  pools: {
    renderer: plushie({ mode: 'mock' }),
    solver: { command: 'solver' },
  },
});

export default config;

declare module '@carpool/playwright' {
  interface Register {
    readonly config: typeof config;
  }
}

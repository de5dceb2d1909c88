/** What three runners share at the same time: one renderer, and so few sessions on it that they have to take turns. */
import { plushie } from '@carpool/plushie';
import { defineConfig } from 'carpool';
import { mode, rendererArgs, rendererPath } from '../renderer.ts';

export default defineConfig({
  pools: {
    renderer: plushie({ mode, rendererPath, rendererArgs, maxSessions: 4 }),
  },
});

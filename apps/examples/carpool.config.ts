/** What the tests share: one renderer, and at most eight sessions on it at a time. */
import { defineConfig } from 'carpool';
import { plushie } from 'carpool/plushie';
import { mode, rendererArgs, rendererPath } from './renderer.ts';

export default defineConfig({
  pools: {
    renderer: plushie({ mode, rendererPath, rendererArgs, maxSessions: 8 }),
  },
});

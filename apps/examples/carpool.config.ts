/** What the tests share: one renderer, and at most eight sessions on it at a time. */
import { plushie } from '@carpool/plushie';
import { defineConfig } from 'carpool';
import { mode, rendererArgs, rendererPath } from './renderer.ts';

export default defineConfig({
  pools: {
    renderer: plushie({ mode, rendererPath, rendererArgs, maxSessions: 8 }),
  },
});

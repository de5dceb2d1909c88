import { plushie } from '@carpool/plushie';
import { standIn } from '@carpool/plushie/stand-in';
import { defineConfig } from 'carpool';

const painter = new URL('./painter.mjs', import.meta.url).pathname;
const real = process.env.GOLDEN_RENDERER;

export default defineConfig({
  pools: {
    renderer:
      real === undefined
        ? plushie({ mode: 'headless', format: 'json', rendererPath: process.execPath, rendererArgs: [painter] })
        : plushie({ mode: 'headless', rendererPath: real }),
    mock: plushie({ ...standIn }),
  },
});

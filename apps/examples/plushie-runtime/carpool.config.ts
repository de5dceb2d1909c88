/** A pool for every way in which a renderer can run here, and one whose renderers do not live long. */
import { fileURLToPath } from 'node:url';
import { plushie } from '@carpool/plushie';
import { standIn } from '@carpool/plushie/stand-in';
import { defineConfig } from 'carpool';
import { mode, rendererArgs, rendererPath } from '../renderer.ts';

/** The real renderer if there is one. Without it no test asks for a pool of another mode. */
const found = { rendererPath, rendererArgs };
const mortal = fileURLToPath(new URL('tests/mortal-renderer.ts', import.meta.url));

export default defineConfig({
  pools: {
    renderer: plushie({ ...found, mode }),
    standInMsgpack: plushie({ ...standIn, format: 'msgpack' }),
    standInJson: plushie({ ...standIn, format: 'json' }),
    mockMsgpack: plushie({ ...found, mode: 'mock', format: 'msgpack' }),
    mockJson: plushie({ ...found, mode: 'mock', format: 'json' }),
    headlessMsgpack: plushie({ ...found, mode: 'headless', format: 'msgpack' }),
    headlessJson: plushie({ ...found, mode: 'headless', format: 'json' }),
    // The stand-in opens no window, so that any display will do.
    standInWindowed: plushie({ ...standIn, mode: 'windowed', maxSessions: 4, env: { DISPLAY: ':0' } }),
    windowed: plushie({ ...found, mode: 'windowed', maxSessions: 4, env: { ICED_BACKEND: 'tiny-skia' } }),
    mortal: plushie({ ...standIn, rendererArgs: [mortal] }),
  },
});

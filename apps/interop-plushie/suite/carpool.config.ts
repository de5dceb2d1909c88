import { plushie } from '@carpool/plushie';
import { defineConfig } from 'carpool';

/** By mode and format; a pool of which no test wants a session starts no renderer. */
export default defineConfig({
  pools: {
    mockMsgpack: plushie({ mode: 'mock', format: 'msgpack', maxSessions: 8 }),
    mockJson: plushie({ mode: 'mock', format: 'json', maxSessions: 8 }),
    headlessMsgpack: plushie({ mode: 'headless', format: 'msgpack', maxSessions: 8 }),
    headlessJson: plushie({ mode: 'headless', format: 'json', maxSessions: 8 }),
  },
});

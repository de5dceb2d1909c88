import { fileURLToPath } from 'node:url';
import { defineConfig } from 'carpool';

export default defineConfig({
  redact: { keys: ['pin'] },
  pools: {
    echo: {
      command: process.execPath,
      args: [fileURLToPath(new URL('child.mjs', import.meta.url))],
      protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
    },
  },
});

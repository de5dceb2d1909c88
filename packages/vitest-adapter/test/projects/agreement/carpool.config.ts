import { fileURLToPath } from 'node:url';
import { defineConfig } from 'carpool';

const child = {
  command: process.execPath,
  args: [fileURLToPath(new URL('child.mjs', import.meta.url))],
  protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
} as const;

export default defineConfig({
  redact: { keys: ['pin'] },
  pools: {
    echo: { ...child, maxSessions: 16 },
    // One session at a time: a second `register` waits.
    narrow: { ...child, maxSessions: 1 },
  },
});

/** A config as users have it, with one pool: for rows whose host should hold no more than theirs. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'carpool';

export default defineConfig({
  pools: {
    suite: {
      command: process.execPath,
      args: [fileURLToPath(new URL('../suites/support/child.mjs', import.meta.url))],
      maxSessions: 1_100,
      protocol: {
        hello: { expect: { type: 'ready' } },
        close: { send: { type: 'reset' }, expect: { type: 'closed' } },
      },
    },
  },
});

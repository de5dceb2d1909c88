import { defineConfig } from 'carpool';

export default defineConfig({
  pools: {
    echo: {
      command: process.execPath,
      args: ['child.mjs'],
      protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
      maxSessions: 16,
      watch: ['data/*.csv'],
    },
  },
});

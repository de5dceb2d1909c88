import { defineConfig } from 'carpool';

export default defineConfig({
  pools: {
    sheet: {
      command: 'node',
      args: ['sheet.mjs'],
      maxSessions: 8,
      protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
    },
  },
});

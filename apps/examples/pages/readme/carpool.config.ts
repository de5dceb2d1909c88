import { defineConfig } from 'carpool';

export default defineConfig({
  pools: {
    sheet: {
      command: 'node',
      args: ['sheet.mjs'],
      maxSessions: 8,
      // All its messages name their session. This one ends a session, and this one confirms the end:
      protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
    },
  },
});

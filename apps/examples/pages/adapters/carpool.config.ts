import { defineConfig } from 'carpool';

export default defineConfig({
  pools: {
    sheet: {
      command: 'node',
      args: ['../readme/sheet.mjs'],
      protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
    },
  },
});

/** One till for all tests. */
import { fileURLToPath } from 'node:url';
import { childProtocol, defineConfig } from 'carpool';

export default defineConfig({
  pools: {
    till: {
      command: process.execPath,
      args: [fileURLToPath(new URL('till.mjs', import.meta.url))],
      protocol: childProtocol,
    },
  },
});

/** What the tests share: one pyright, which has read the library once. Each test has documents of its own on it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { languageServer } from '@carpool/json-rpc';
import { defineConfig } from 'carpool';

const pyright = dirname(createRequire(import.meta.url).resolve('pyright/package.json'));

export default defineConfig({
  pools: {
    pyright: languageServer({
      command: process.execPath,
      args: [join(pyright, 'langserver.index.js'), '--stdio'],
      root: 'fixture',
      // As docs/json-rpc.md says of pyright.
      sessionFolder: 'sessions',
    }),
  },
});

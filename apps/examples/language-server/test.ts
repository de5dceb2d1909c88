/** The `test` of this suite: `editor` opens documents on the shared server, which no other test sees. */
import { lsp } from '@carpool/json-rpc/client';
import { withPools } from '@carpool/vitest';
import config from './carpool.config.ts';
import { editorOf, type Editor } from './editor.ts';

export const test = withPools(config).extend<{ editor: Editor }>({
  editor: async ({ pyright }, use) => use(editorOf(lsp(pyright))),
});

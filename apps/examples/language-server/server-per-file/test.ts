/** The same `test`, the way it is done without Carpool: every test file starts a server of its own. */
import { afterAll, beforeAll, test as base } from 'vitest';
import { editorOf, type Editor } from '../editor.ts';
import { LanguageServer } from './language-server.ts';

let server: LanguageServer;

beforeAll(async () => {
  server = await LanguageServer.start();
});

afterAll(() => server.stop());

export const test = base.extend<{ editor: Editor }>({
  // oxlint-disable-next-line no-empty-pattern
  editor: async ({}, use) => {
    await use(editorOf(server));
    server.closeAll();
  },
});

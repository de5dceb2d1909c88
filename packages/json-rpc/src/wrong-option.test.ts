import { expect, test } from 'vitest';
import { jsonRpc, languageServer } from './index.ts';

test.each([
  [() => languageServer({ command: 'a' } as never), 'languageServer({ root }): found nothing; allowed: a path'],
  [() => languageServer({ root: '.' } as never), 'languageServer({ command }): found nothing'],
  [() => languageServer({ command: 'a', root: '.', folders: 'real' } as never), 'found "real"; allowed: "linked" or'],
  [
    () => languageServer({ command: 'a', root: '.', folder: 'linked' } as never),
    '`languageServer`: it has no option "folder"; did you mean "folders"? it takes root, folders, sessionFolder, initialize,',
  ],
  [
    () => jsonRpc({ command: 'a', framming: 'lines' } as never),
    '`jsonRpc`: it has no option "framming"; did you mean "framing"? it takes framing, hello,',
  ],
  [() => jsonRpc({ command: 'a', framing: 'nul' } as never), 'found "nul"; allowed: "lines" or "headers"'],
])('%s', (make, text) => {
  expect(make).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(text) as string }),
  );
});

test('nothing is started, and no folder is looked at', () => {
  expect(languageServer({ command: 'a', root: 'missing' })).toMatchObject({ codec: { name: 'json-rpc-headers' } });
  expect(jsonRpc({ command: 'a' })).toMatchObject({ command: 'a', codec: 'json-lines' });
});

test.each([
  ['loggedErrors', { loggedErrors: 'no' }, 'found "no"; allowed: "warn" or "evidence"'],
  ['answer', { answer: 'no' }, 'found "no"; allowed: a function, or functions by method'],
  ["answer: { 'workspace/applyEdit' }", { answer: { 'workspace/applyEdit': null } }, 'found null; allowed: a function'],
])('languageServer({ %s }) is checked', (option, wrong, says) => {
  expect(() => languageServer({ command: 'server', root: '.', ...(wrong as object) })).toThrow(
    `Cannot make languageServer({ ${option} }): ${says}`,
  );
});

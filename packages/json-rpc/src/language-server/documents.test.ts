import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Documents } from './documents.ts';
import { Place } from './place.ts';
import { SessionFolder } from './session-folder.ts';

const place = new Place(import.meta.dirname);
const uriOf = (path: string): string => `${place.uri}/${path}`;

function documents(session = 's1'): Documents {
  return new Documents({ place, session, folder: undefined, changed: () => {} });
}

test('URIs come back as the session has written them, however the server escapes them', () => {
  const own = documents();
  own.opens({ textDocument: { uri: uriOf('[id].ts'), text: '' } });
  const sent = (own.toServer({ uri: uriOf('[id].ts') }) as { uri: string }).uri;
  expect(sent).toContain('/s1-/');
  expect(own.toSession({ uri: sent.replaceAll('[', '%5B').replaceAll(']', '%5D') })).toEqual({ uri: uriOf('[id].ts') });
});

test('what the server gets back it gets as it was; what a test writes is mapped', () => {
  const own = documents();
  const path = join(place.folderOf('s1'), 'a.ts');
  const command = { data: { path }, arguments: [place.uriOf('s1', 'a.ts'), path], title: `Move ${path}` };
  const shown = own.toSession(command);
  expect(shown).toEqual({ ...command, title: `Move ${join(place.root, 'a.ts')}` });
  expect(own.toServer(shown)).toMatchObject({ data: command.data, arguments: command.arguments });
  expect(own.toServer({ arguments: [uriOf('a.ts')] })).toEqual({ arguments: [place.uriOf('s1', 'a.ts')] });
});

test('names of fields are mapped, fragments are kept, and what is elsewhere stays', () => {
  const own = documents();
  expect(
    own.toServer({ changes: { [uriOf('a.ts#L1')]: 1 }, other: 'file:///elsewhere/a.ts', text: uriOf('a.ts') }),
  ).toEqual({
    changes: { [`${place.uriOf('s1', 'a.ts')}#L1`]: 1 },
    other: 'file:///elsewhere/a.ts',
    text: uriOf('a.ts'),
  });
});

test('a closed document is none that the end closes', () => {
  const own = documents();
  for (const name of ['a.ts', 'b.ts']) own.opens({ textDocument: { uri: uriOf(name), text: '' } });
  own.closes({ textDocument: { uri: uriOf('a.ts') } });
  own.closed({ textDocument: { uri: uriOf('a.ts') } });
  expect(own.end()).toEqual([uriOf('b.ts')]);
});

test('a document whose file cannot be made is refused, and is not open', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cp-documents-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const other = new Place(root);
  const folder = new SessionFolder(root, other.folderOf('s1'), other.leftOut);
  const own = new Documents({ place: other, session: 's1', folder, changed: () => {} });
  // Longer than a name may be.
  const uri = `${other.uri}/${'a'.repeat(300)}.ts`;
  expect(() => own.opens({ textDocument: { uri, text: '' } })).toThrow(
    /Cannot open .*aaa\.ts: its file .* cannot be made/,
  );
  expect(own.end()).toEqual([]);
});

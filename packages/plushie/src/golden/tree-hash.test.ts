import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { failure } from '../../test/support/failure.ts';
import { asked, at, folder, hashOf, noted, put, session, tree, underRunner } from '../../test/support/golden.ts';
import { assertTreeHash } from '../golden.ts';

test('the first assertion writes the hash and the tree, and says so; the second finds them', async () => {
  underRunner();
  await assertTreeHash(session({ text: 'one' }), 'a');
  expect(readFileSync(at('a.headless.sha256'), 'utf8')).toBe(`${hashOf('one')}\n`);
  expect(JSON.parse(readFileSync(at('a.headless.tree.json'), 'utf8'))).toEqual(tree('one'));
  expect(noted()).toEqual([`carpool: wrote the golden file ${at('a.headless.sha256')}`]);
  asked.length = 0;
  underRunner({ update: 'none' });
  await assertTreeHash(session({ text: 'one' }), 'a');
  expect(asked).toEqual(['tree_hash']);
  expect(noted()).toHaveLength(1);
});

test('another tree fails at the line of the assertion, and shows what has changed', async () => {
  underRunner();
  await assertTreeHash(session({ text: 'one' }), 'a');
  const error = await failure(assertTreeHash(session({ text: 'two' }), 'a'), 'GOLDEN_MISMATCH');
  expect(error.message).toBe(
    [
      'The tree "a" differs from its golden file: these nodes have changed',
      '    text#a',
      '  -   content: "one"',
      '  +   content: "two"',
      `  golden file: ${at('a.headless.sha256')}`,
      `  expected:    ${at('failed/a.headless-expected.tree.json')}`,
      `  actual:      ${at('failed/a.headless-actual.tree.json')}`,
      'To accept it, run Runner with -u, or with PLUSHIE_UPDATE_SNAPSHOTS=1',
    ].join('\n'),
  );
  expect(error.context).toMatchObject({ name: 'a', expected: hashOf('one'), hash: hashOf('two') });
  expect(error.stack?.slice(error.stack.indexOf('=1') + 2).split('\n')[1]).toContain('tree-hash.test.ts');
  expect(JSON.parse(readFileSync(at('failed/a.headless-actual.tree.json'), 'utf8'))).toEqual(tree('two'));
});

test('a golden file of plushie-typescript is taken as it is, and gets its tree', async () => {
  underRunner();
  put(folder('golden/a.mock.sha256'), hashOf('one'));
  await assertTreeHash(session({ text: 'one', mode: 'mock' }), 'a', { folder: 'golden' });
  expect(readFileSync(folder('golden/a.mock.sha256'), 'utf8')).toBe(hashOf('one'));
  expect(JSON.parse(readFileSync(folder('golden/a.mock.tree.json'), 'utf8'))).toEqual(tree('one'));
});

test('where nothing is written, it gets none, and a failure says so', async () => {
  underRunner({ update: 'none' });
  put(at('a.headless.sha256'), `${hashOf('one')}\n`);
  await assertTreeHash(session({ text: 'one' }), 'a');
  expect(readdirSync(at())).toEqual(['a.headless.sha256']);
  const error = await failure(assertTreeHash(session({ text: 'two' }), 'a'), 'GOLDEN_MISMATCH');
  expect(error.message).toContain('another hash, and no tree stands beside it');
});

test('a tree that is not of its hash, or cannot be read, does not hide the failure', async () => {
  underRunner();
  put(at('a.headless.sha256'), '<<<<<<< HEAD');
  put(at('a.headless.tree.json'), JSON.stringify(tree('one')));
  const same = await failure(assertTreeHash(session({ text: 'one' }), 'a'), 'GOLDEN_MISMATCH');
  expect(same.message).toContain('the tree beside it is the same');
  put(at('a.headless.tree.json'), '<<<<<<< HEAD');
  const unreadable = await failure(assertTreeHash(session({ text: 'one' }), 'a'), 'GOLDEN_MISMATCH');
  expect(unreadable.message).toContain('cannot be read');
});

test('a session without a tree has nothing to compare', async () => {
  underRunner({ update: 'all' });
  const error = await failure(assertTreeHash(session({}), 'a'), 'GOLDEN_INVALID');
  expect(error.message).toContain('send a snapshot first');
  expect(existsSync(at())).toBe(false);
});

/** What both assertions have in common: what is written, and how they fail. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { failure } from '../../test/support/failure.ts';
import { at, drawn, folder, noted, session, tree, underRunner } from '../../test/support/golden.ts';
import { assertScreenshot, assertTreeHash, type GoldenSession } from '../golden.ts';

describe('what is written', () => {
  test('all: what differs too', async () => {
    underRunner();
    await assertTreeHash(session({ text: 'one' }), 'a');
    await assertScreenshot(session({ picture: drawn(1) }), 'a');
    underRunner({ update: 'all' });
    await assertTreeHash(session({ text: 'two' }), 'a');
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    underRunner({ update: 'none' });
    await assertTreeHash(session({ text: 'two' }), 'a');
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    expect(JSON.parse(readFileSync(at('a.headless.tree.json'), 'utf8'))).toEqual(tree('two'));
    expect(noted()).toHaveLength(4);
  });

  test('none: what is missing fails, and leaves the actual result', async () => {
    underRunner({ update: 'none' });
    const noTree = await failure(assertTreeHash(session({ text: 'one' }), 'a'), 'GOLDEN_MISSING');
    expect(noTree.message).toBe(
      [
        'The tree "a" has no golden file, and this run writes none',
        `  golden file: ${at('a.headless.sha256')}`,
        `  actual:      ${at('failed/a.headless-actual.tree.json')}`,
        'Run the test once outside CI, or with PLUSHIE_UPDATE_SNAPSHOTS=1, look at the file, and commit it',
      ].join('\n'),
    );
    await failure(assertScreenshot(session({ picture: drawn(1) }), 'a'), 'GOLDEN_MISSING');
    expect(readdirSync(at())).toEqual(['failed']);
    expect(readdirSync(at('failed')).toSorted()).toEqual(['a.headless-actual.png', 'a.headless-actual.tree.json']);
  });

  test('the variables of the SDKs, each its own kind, and only if they are 1', async () => {
    underRunner({ update: 'none' });
    vi.stubEnv('PLUSHIE_UPDATE_SNAPSHOTS', '1');
    vi.stubEnv('PLUSHIE_UPDATE_SCREENSHOTS', 'true');
    await assertTreeHash(session({ text: 'one' }), 'a');
    await failure(assertScreenshot(session({ picture: drawn(1) }), 'a'), 'GOLDEN_MISSING');
    vi.stubEnv('PLUSHIE_UPDATE_SCREENSHOTS', '1');
    await assertScreenshot(session({ picture: drawn(1) }), 'a');
  });

  test('one name for two results in one run', async () => {
    underRunner({ update: 'all' });
    await assertTreeHash(session({ text: 'one' }), 'a');
    await assertTreeHash(session({ text: 'one' }), 'a');
    const twice = await failure(assertTreeHash(session({ text: 'two' }), 'a'), 'GOLDEN_INVALID');
    expect(twice.message).toMatch(/another tree of this run has this name, at .*golden-file\.test\.ts:\d+/);
    const other = await failure(assertTreeHash(session({ text: 'one' }), 'A'), 'GOLDEN_INVALID');
    expect(other.message).toContain('differs in more than case');
    underRunner({ update: 'all' });
    await assertTreeHash(session({ text: 'two' }), 'a');
  });

  test('a name that leads out of the folder', async () => {
    underRunner();
    const error = await failure(assertTreeHash(session({ text: 'one' }), '../a'), 'GOLDEN_INVALID');
    expect(error.message).toContain('Cannot compare the tree "../a": the name cannot be used: ".." leads out');
  });
});

describe('reports of the runner', () => {
  test('the files of a failure are where it wants them, and attached', async () => {
    const attached: unknown[] = [];
    const output = folder('output');
    underRunner({
      outputPath: (name) => join(output, name),
      attach: async (attachment) => void attached.push(attachment),
    });
    await assertScreenshot(session({ picture: drawn(2) }), 'form/a');
    await failure(assertScreenshot(session({ picture: drawn(5) }), 'form/a'), 'GOLDEN_MISMATCH');
    const parts = ['expected', 'actual', 'diff'].map((part) => `a.headless-${part}.png`);
    expect(attached).toEqual(
      parts.map((name) => ({ name, path: join(output, 'form', name), contentType: 'image/png' })),
    );
    expect(existsSync(at('failed'))).toBe(false);
  });

  test('one that cannot be attached does not hide the failure', async () => {
    underRunner({ attach: () => Promise.reject(new Error('the test has ended')) });
    await assertTreeHash(session({ text: 'one' }), 'a');
    const error = await failure(assertTreeHash(session({ text: 'two' }), 'a'), 'GOLDEN_MISMATCH');
    expect(error.message).toContain('not in the report: Error: the test has ended');
  });
});

describe('without an adapter', () => {
  test('the options say which file it is', async () => {
    const error = await failure(assertTreeHash(session({ text: 'one' }), 'a'), 'GOLDEN_INVALID');
    expect(error.message).toContain('no adapter of Carpool runs it; pass it, `file: import.meta.url`');
    const file = folder('app.test.ts');
    await assertTreeHash(session({ text: 'one' }), 'a', { file });
    const other = await failure(assertTreeHash(session({ text: 'two' }), 'a', { file }), 'GOLDEN_MISMATCH');
    expect(other.message).toContain('To accept it, run the tests with PLUSHIE_UPDATE_SNAPSHOTS=1');
  });

  test('in CI nothing is written', async () => {
    vi.stubEnv('CI', 'true');
    const work = assertTreeHash(session({ text: 'one' }), 'a', { file: folder('app.test.ts') });
    await failure(work, 'GOLDEN_MISSING');
  });
});

test('a request that fails is the failure', async () => {
  underRunner();
  const broken = { hello: undefined, request: () => Promise.reject(new RangeError('gone')) } as GoldenSession;
  await expect(assertTreeHash(broken, 'a')).rejects.toThrow(RangeError);
  await expect(assertScreenshot(broken, 'a')).rejects.toThrow(RangeError);
});

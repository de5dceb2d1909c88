/** Golden files without a renderer and without an adapter: the test is both. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isCarpoolError, type CarpoolError, type ErrorCode } from 'carpool';
import { currentTestSlot, type CurrentTest, type Goldens } from 'carpool/adapter/current-test';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { assertScreenshot, assertTreeHash, type GoldenSession } from './golden.ts';
import type { ScreenshotResponse, StoredNode } from './messages.ts';

let folder = '';
let notes: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cp-golden-'));
  vi.stubEnv('CI', '');
  notes = [];
  vi.spyOn(console, 'info').mockImplementation((text: string) => void notes.push(text));
});

afterEach(() => {
  currentTestSlot().currentTest = undefined;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const tree = (content: string): StoredNode => ({ children: [], id: 'a', props: { content }, type: 'text' });
const hashOf = (content: string): string => sha256(JSON.stringify(tree(content)));

/** A session that shows a text, or what `picture` draws. */
interface Shown {
  readonly text?: string;
  readonly picture?: Partial<ScreenshotResponse>;
  readonly mode?: string;
}

/** What it was asked. */
const asked: string[] = [];

function session({ text, picture, mode = 'headless' }: Shown): GoldenSession {
  const request = async (message: { readonly type: string }): Promise<unknown> => {
    asked.push(message.type);
    if (message.type === 'tree_hash') return { hash: text === undefined ? '' : hashOf(text) };
    if (message.type === 'query') return { data: text === undefined ? null : tree(text) };
    return picture;
  };
  return { hello: { mode }, request };
}

/** White, with this number of black pixels from the start. */
function drawn(
  black: number,
  width = 10,
  height = 4,
): { width: number; height: number; rgba: Uint8Array; hash: string } {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let at = 0; at < black; at += 1) rgba.set([0, 0, 0, 255], at * 4);
  return { width, height, rgba, hash: sha256(rgba) };
}

/** As an adapter provides it. */
function underRunner(goldens: Partial<Goldens> = {}): void {
  const file = join(folder, 'app.test.ts');
  const all: Goldens = { file, update: 'missing', accept: 'Runner with -u', ...goldens };
  currentTestSlot().currentTest = { file: {}, goldens: async () => all } as unknown as CurrentTest;
}

async function failure(work: Promise<void>, code: ErrorCode): Promise<CarpoolError> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (isCarpoolError(thrown, code)) return thrown;
  throw thrown ?? new Error(`Expected ${code}`);
}

const at = (...path: readonly string[]): string => join(folder, '__goldens__/app.test.ts', ...path);

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

describe('trees', () => {
  test('the first assertion writes the hash and the tree, and says so; the second finds them', async () => {
    underRunner();
    await assertTreeHash(session({ text: 'one' }), 'a');
    expect(readFileSync(at('a.headless.sha256'), 'utf8')).toBe(`${hashOf('one')}\n`);
    expect(JSON.parse(readFileSync(at('a.headless.tree.json'), 'utf8'))).toEqual(tree('one'));
    expect(notes).toEqual([`carpool: wrote the golden file ${at('a.headless.sha256')}`]);
    asked.length = 0;
    underRunner({ update: 'none' });
    await assertTreeHash(session({ text: 'one' }), 'a');
    expect(asked).toEqual(['tree_hash']);
    expect(notes).toHaveLength(1);
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
    expect(error.stack?.slice(error.stack.indexOf('=1') + 2).split('\n')[1]).toContain('golden.test.ts');
    expect(JSON.parse(readFileSync(at('failed/a.headless-actual.tree.json'), 'utf8'))).toEqual(tree('two'));
  });

  test('a golden file of plushie-typescript is taken as it is, and gets its tree', async () => {
    underRunner();
    put(join(folder, 'golden/a.mock.sha256'), hashOf('one'));
    await assertTreeHash(session({ text: 'one', mode: 'mock' }), 'a', { folder: 'golden' });
    expect(readFileSync(join(folder, 'golden/a.mock.sha256'), 'utf8')).toBe(hashOf('one'));
    expect(JSON.parse(readFileSync(join(folder, 'golden/a.mock.tree.json'), 'utf8'))).toEqual(tree('one'));
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
});

describe('pictures', () => {
  test('the first assertion writes a PNG file; the second does not decode it', async () => {
    underRunner();
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    const png = PNG.sync.read(readFileSync(at('a.headless.png')));
    expect({ width: png.width, height: png.height, data: [...png.data] }).toEqual({
      width: 10,
      height: 4,
      data: [...drawn(2).rgba],
    });
    const read = vi.spyOn(PNG.sync, 'read');
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    expect(read).not.toHaveBeenCalled();
  });

  test('bytes as JSON carries them', async () => {
    underRunner();
    const { rgba, ...rest } = drawn(2);
    await assertScreenshot(session({ picture: { ...rest, rgba: Buffer.from(rgba).toString('base64') } }), 'a');
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
  });

  test('a file that another program has written again is compared by its pixels', async () => {
    underRunner({ update: 'none' });
    const png = new PNG({ width: 10, height: 4 });
    png.data = Buffer.from(drawn(2).rgba);
    put(at('a.headless.png'), PNG.sync.write(png, { colorType: 0 }));
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    await failure(assertScreenshot(session({ picture: drawn(3) }), 'a'), 'GOLDEN_MISMATCH');
  });

  test('another picture fails, with the expected one, the actual one and the difference', async () => {
    underRunner();
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    const error = await failure(assertScreenshot(session({ picture: drawn(5) }), 'a'), 'GOLDEN_MISMATCH');
    expect(error.message).toBe(
      [
        'The screenshot "a" differs from its golden file: 3 of 40 pixels (7.5 %), between (2, 0) and (4, 0)',
        `  golden file: ${at('a.headless.png')}`,
        `  expected:    ${at('failed/a.headless-expected.png')}`,
        `  actual:      ${at('failed/a.headless-actual.png')}`,
        `  difference:  ${at('failed/a.headless-diff.png')}`,
        'To accept it, run Runner with -u, or with PLUSHIE_UPDATE_SCREENSHOTS=1',
      ].join('\n'),
    );
    expect(error.context).toMatchObject({ differentPixels: 3, actualSize: { width: 10, height: 4 } });
    expect(error.stack?.slice(error.stack.indexOf('=1') + 2).split('\n')[1]).toContain('golden.test.ts');
    expect(readFileSync(at('failed/a.headless-expected.png'))).toEqual(readFileSync(at('a.headless.png')));
    expect([...PNG.sync.read(readFileSync(at('failed/a.headless-actual.png'))).data]).toEqual([...drawn(5).rgba]);
    // The files of a failure are gone when there is none any more.
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    expect(readdirSync(at('failed'))).toEqual([]);
  });

  test('another size always differs', async () => {
    underRunner();
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    const other = session({ picture: drawn(2, 10, 5) });
    const error = await failure(assertScreenshot(other, 'a', { maxDifferentPixels: 1e9 }), 'GOLDEN_MISMATCH');
    expect(error.message).toContain('it is 10 × 5 pixels, and was 10 × 4; 10 of 50 pixels (20 %), between (0, 4)');
  });

  test('as many pixels may differ, and by as much, as the options say', async () => {
    underRunner();
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    await assertScreenshot(session({ picture: drawn(5) }), 'a', { maxDifferentPixels: 3 });
    await failure(assertScreenshot(session({ picture: drawn(6) }), 'a', { maxDifferentPixels: 3 }), 'GOLDEN_MISMATCH');
    const rgba = drawn(2).rgba.fill(250, 40, 43);
    const nearly = { ...drawn(2), rgba, hash: sha256(rgba) };
    await failure(assertScreenshot(session({ picture: nearly }), 'a'), 'GOLDEN_MISMATCH');
    await assertScreenshot(session({ picture: nearly }), 'a', { threshold: 0.1 });
    expect([...PNG.sync.read(readFileSync(at('a.headless.png'))).data]).toEqual([...drawn(2).rgba]);
  });

  test('nothing that was drawn is no golden file', async () => {
    underRunner({ update: 'all' });
    const nothing = { hash: '', width: 0, height: 0 };
    const mock = await failure(assertScreenshot(session({ picture: nothing, mode: 'mock' }), 'a'), 'GOLDEN_INVALID');
    expect(mock.message).toContain("write `mode: 'headless'` in the options of the pool");
    const empty = await failure(assertScreenshot(session({ picture: nothing }), 'a'), 'GOLDEN_INVALID');
    expect(empty.message).toContain('send a snapshot first');
    const short = { ...drawn(2), rgba: new Uint8Array(3) };
    await failure(assertScreenshot(session({ picture: short }), 'a'), 'GOLDEN_INVALID');
    expect(existsSync(at())).toBe(false);
  });

  test('a golden file that is none says so, and is written anew on demand', async () => {
    underRunner();
    put(at('a.headless.png'), 'version https://git-lfs.github.com/spec/v1');
    const error = await failure(assertScreenshot(session({ picture: drawn(2) }), 'a'), 'GOLDEN_INVALID');
    expect(error.message).toContain('is no PNG file; fetch it if it is in Git LFS');
    underRunner({ update: 'all' });
    await assertScreenshot(session({ picture: drawn(2) }), 'a');
    expect(PNG.sync.read(readFileSync(at('a.headless.png'))).width).toBe(10);
  });
});

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
    // Only of files that are new.
    expect(notes).toHaveLength(2);
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
    expect(twice.message).toMatch(/another tree of this run has this name, at .*golden\.test\.ts:\d+/);
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
    const output = join(folder, 'output');
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
    const file = join(folder, 'app.test.ts');
    await assertTreeHash(session({ text: 'one' }), 'a', { file });
    const other = await failure(assertTreeHash(session({ text: 'two' }), 'a', { file }), 'GOLDEN_MISMATCH');
    expect(other.message).toContain('To accept it, run the tests with PLUSHIE_UPDATE_SNAPSHOTS=1');
  });

  test('in CI nothing is written', async () => {
    vi.stubEnv('CI', 'true');
    const work = assertTreeHash(session({ text: 'one' }), 'a', { file: join(folder, 'app.test.ts') });
    await failure(work, 'GOLDEN_MISSING');
  });
});

test('a request that fails is the failure', async () => {
  underRunner();
  const broken = { hello: undefined, request: () => Promise.reject(new RangeError('gone')) } as GoldenSession;
  await expect(assertTreeHash(broken, 'a')).rejects.toThrow(RangeError);
  await expect(assertScreenshot(broken, 'a')).rejects.toThrow(RangeError);
});

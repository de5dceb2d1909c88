import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { expect, test, vi } from 'vitest';
import { failure } from '../../test/support/failure.ts';
import { at, drawn, put, session, sha256, underRunner } from '../../test/support/golden.ts';
import { assertScreenshot } from '../golden.ts';

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
  expect(error.stack?.slice(error.stack.indexOf('=1') + 2).split('\n')[1]).toContain('screenshot.test.ts');
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
  expect(error.message).toContain('fetch it if it is in Git LFS');
  underRunner({ update: 'all' });
  await assertScreenshot(session({ picture: drawn(2) }), 'a');
  expect(PNG.sync.read(readFileSync(at('a.headless.png'))).width).toBe(10);
});

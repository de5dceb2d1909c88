/** A picture of a session, compared with its golden file. */
import type { ScreenshotResponse } from '../messages.ts';
import { invalid, type GoldenCall, type GoldenKind } from './call.ts';
import { mismatch, missing, type Difference } from './failure.ts';
import { GoldenFile } from './golden-file.ts';
import type { ScreenshotOptions } from './options.ts';
import type { PictureComparison, Size } from './picture-work.ts';
import type { Picture, Rectangle } from './pictures.ts';
import { pixelHash } from './png-hash.ts';
import { runPictureWork } from './run-picture-work.ts';

const kind: GoldenKind = { what: 'screenshot', extension: 'png', variable: 'PLUSHIE_UPDATE_SCREENSHOTS' };

type ScreenshotCall = GoldenCall<ScreenshotOptions>;

/** @throws CarpoolError as `assertScreenshot` */
export async function compareScreenshot(call: ScreenshotCall, shot: ScreenshotResponse): Promise<void> {
  const golden = await GoldenFile.of(kind, call);
  const { hash } = shot;
  const actual = pictureOf(call, shot);
  const file = golden.read();
  if (file !== undefined && pixelHash(file) === hash) return golden.passed(hash);
  const { threshold = 0, maxDifferentPixels = 0 } = call.options;
  const { encoded, unreadable, comparison } = await runPictureWork({ actual, hash, file, threshold });
  if (file === undefined) {
    if (golden.update === 'none') throw await missing(golden, encoded);
    return golden.write(hash, encoded);
  }
  if (comparison === undefined) {
    if (golden.update === 'all') return golden.write(hash, encoded);
    const remedy = 'fetch it if it is in Git LFS, else remove it';
    throw invalid(call, kind, `its golden file ${golden.path} is no PNG file (${unreadable}); ${remedy}`);
  }
  if (sameSize(comparison.expected, actual) && comparison.pixels <= maxDifferentPixels) return golden.passed(hash);
  if (golden.update === 'all') return golden.write(hash, encoded);
  throw await mismatch(golden, {
    ...described(actual, comparison),
    files: [
      { part: 'expected', content: file },
      { part: 'actual', content: encoded },
      { part: 'diff', content: comparison.diff },
    ],
  });
}

/** @throws CarpoolError GOLDEN_INVALID if nothing was drawn: a golden file of nothing would assert nothing */
function pictureOf(call: ScreenshotCall, { hash, width, height, rgba }: ScreenshotResponse): Picture {
  if (hash === '' || rgba === undefined) {
    const { mode } = (call.session.hello ?? {}) as { readonly mode?: unknown };
    const reason =
      mode === 'mock'
        ? "the renderer runs in mock mode, which draws nothing: write `mode: 'headless'` in the options of the pool, or take away PLUSHIE_TEST_BACKEND=mock; or compare the tree with `assertTreeHash`"
        : 'the renderer has drawn nothing, because the session has no tree yet; send a snapshot first';
    throw invalid(call, kind, reason);
  }
  const bytes = typeof rgba === 'string' ? Buffer.from(rgba, 'base64') : rgba;
  if (bytes.length === width * height * 4) return { width, height, rgba: bytes };
  throw invalid(call, kind, `the renderer says that it is ${width} × ${height}, and sent ${bytes.length} bytes`);
}

function sameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

function described(actual: Size, { expected, pixels, all, within }: PictureComparison): Omit<Difference, 'files'> {
  const share = `${number(pixels)} of ${number(all)} pixels (${percent(pixels / all)})`;
  const where = within === undefined ? '' : `, ${wordsOf(within)}`;
  const sizes = `it is ${actual.width} × ${actual.height} pixels, and was ${expected.width} × ${expected.height}; `;
  return {
    summary: `${sameSize(expected, actual) ? '' : sizes}${share}${where}`,
    context: { differentPixels: pixels, within, expectedSize: sizeOf(expected), actualSize: sizeOf(actual) },
  };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

function wordsOf({ left, top, right, bottom }: Rectangle): string {
  return left === right && top === bottom
    ? `at (${left}, ${top})`
    : `between (${left}, ${top}) and (${right}, ${bottom})`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** Two digits that say something, however few pixels differ. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

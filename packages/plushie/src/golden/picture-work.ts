/** What an assertion needs of a picture that is new or that differs, in one go: it may run in a thread of its own. */
import { decode, encode, encodeWithHash, pictureDifference, type Picture, type Rectangle } from './pictures.ts';

export interface PictureTask {
  readonly actual: Picture;
  /** The renderer's, of the actual picture. */
  readonly hash: string;
  /** The golden file. */
  readonly file: Uint8Array | undefined;
  readonly threshold: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PictureComparison {
  readonly expected: Size;
  /** How many pixels differ, of how many. */
  readonly pixels: number;
  readonly all: number;
  readonly within: Rectangle | undefined;
  /** A PNG file of the difference. */
  readonly diff: Uint8Array;
}

export interface PictureResult {
  /** The actual picture as a golden file. */
  readonly encoded: Uint8Array;
  /** Why the golden file is no PNG file. */
  readonly unreadable?: string;
  /** Absent without a golden file that can be read. */
  readonly comparison?: PictureComparison;
}

export function pictureWork({ actual, hash, file, threshold }: PictureTask): PictureResult {
  const encoded = encodeWithHash(actual, hash);
  if (file === undefined) return { encoded };
  let expected: Picture;
  try {
    expected = decode(Buffer.from(file.buffer, file.byteOffset, file.length));
  } catch (thrown) {
    return { encoded, unreadable: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const { pixels, within, picture } = pictureDifference(expected, actual, threshold);
  const { width, height } = expected;
  const all = picture.width * picture.height;
  return { encoded, comparison: { expected: { width, height }, pixels, all, within, diff: encode(picture) } };
}

/** Pictures as PNG files, and what differs between two. Loaded when one is written or differs. */
import { crc32 } from 'node:zlib';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { pixelHashText } from './png-hash.ts';

/** Four bytes a pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** What differs between two pictures. */
export interface PictureDifference {
  /** How many pixels differ by more than the threshold. Where only one of the two has a pixel, it differs. */
  readonly pixels: number;
  /** The smallest rectangle that holds them; undefined if there are none. */
  readonly within: Rectangle | undefined;
  /** The pale picture, with those pixels in red. */
  readonly picture: Picture;
}

/** In pixels, the last ones included. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A PNG file. */
export function encode({ width, height, rgba }: Picture): Buffer {
  const png = new PNG({ width, height });
  png.data = Buffer.from(rgba.buffer, rgba.byteOffset, rgba.length);
  return PNG.sync.write(png);
}

/** A PNG file that holds the renderer's hash of its pixels; see `pixelHash`. */
export function encodeWithHash(picture: Picture, hash: string): Buffer {
  const png = encode(picture);
  const typeAndText = Buffer.from(`tEXt${pixelHashText(png, hash)}`, 'latin1');
  const chunk = Buffer.alloc(typeAndText.length + 8);
  chunk.writeUInt32BE(typeAndText.length - 4);
  typeAndText.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(typeAndText), typeAndText.length + 4);
  return Buffer.concat([png.subarray(0, headEnd), chunk, png.subarray(headEnd)]);
}

/** Where the signature and the header of a PNG file end. */
const headEnd = 8 + 25;

/** Any PNG file, in any of its formats of pixels. @throws what is wrong with it */
export function decode(file: Buffer): Picture {
  const { width, height, data } = PNG.sync.read(file);
  return { width, height, rgba: data };
}

/** @param threshold how far two colours may be from each other, from 0 to 1 */
export function pictureDifference(expected: Picture, actual: Picture, threshold: number): PictureDifference {
  const width = Math.max(expected.width, actual.width);
  const height = Math.max(expected.height, actual.height);
  const [before, after] = [onCanvas(expected, width, height), onCanvas(actual, width, height)];
  const marked = new Uint8Array(width * height * 4);
  pixelmatch(before, after, marked, width, height, { threshold, includeAA: true, diffMask: true });
  const rgba = new Uint8Array(width * height * 4);
  pixelmatch(before, before, rgba, width, height);
  const isIn = ({ width: right, height: bottom }: Picture, x: number, y: number): boolean => x < right && y < bottom;
  const differs = (x: number, y: number, at: number): boolean => {
    if (isIn(expected, x, y) !== isIn(actual, x, y)) return true;
    // pixelmatch compares what is seen: two pixels without colour are one to it.
    return threshold > 0 ? marked[at + 3] !== 0 : !sameBytes(before, after, at);
  };
  let [pixels, left, top, right, bottom] = [0, width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      if (!differs(x, y, at)) continue;
      rgba.set(red, at);
      pixels += 1;
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
    }
  }
  const within = pixels === 0 ? undefined : { left, top, right, bottom };
  return { pixels, within, picture: { width, height, rgba } };
}

const red = [255, 0, 0, 255];

function sameBytes(one: Uint8Array, other: Uint8Array, at: number): boolean {
  for (let byte = at; byte < at + 4; byte += 1) if (one[byte] !== other[byte]) return false;
  return true;
}

/** A copy, with nothing where the picture ends. pixelmatch also wants it to begin at a multiple of four bytes. */
function onCanvas({ width, height, rgba }: Picture, canvasWidth: number, canvasHeight: number): Uint8Array {
  const canvas = new Uint8Array(canvasWidth * canvasHeight * 4);
  for (let y = 0; y < height; y += 1) {
    canvas.set(rgba.subarray(y * width * 4, (y + 1) * width * 4), y * canvasWidth * 4);
  }
  return canvas;
}

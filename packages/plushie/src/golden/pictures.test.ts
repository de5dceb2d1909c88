import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { decode, encode, encodeWithHash, pictureDifference, type Picture } from './pictures.ts';
import { pixelHash } from './png-hash.ts';

const white = [255, 255, 255, 255];

/** White, but for these pixels. */
function picture(width: number, height: number, pixels: Readonly<Record<string, readonly number[]>> = {}): Picture {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (const [at, colour] of Object.entries(pixels)) {
    const [x = 0, y = 0] = at.split(',').map(Number);
    rgba.set(colour, (y * width + x) * 4);
  }
  return { width, height, rgba };
}

function pixel({ width, rgba }: Picture, x: number, y: number): number[] {
  return [...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

test('a picture is the same after it was a file, with and without its hash', () => {
  const one = picture(5, 3, { '1,1': [1, 2, 3, 255], '4,2': [0, 0, 0, 0], '0,0': [9, 9, 9, 128] });
  for (const file of [encode(one), encodeWithHash(one, 'abc')]) {
    const { width, height, rgba } = decode(file);
    expect({ width, height, rgba: [...rgba] }).toEqual({ width: 5, height: 3, rgba: [...one.rgba] });
  }
});

test('the pixels may lie anywhere in their memory, as those of a message do', () => {
  const one = picture(2, 2, { '1,0': [1, 2, 3, 255] });
  const memory = new Uint8Array(100);
  memory.set(one.rgba, 3);
  const moved = { ...one, rgba: memory.subarray(3, 3 + one.rgba.length) };
  expect([...decode(encode(moved)).rgba]).toEqual([...one.rgba]);
  expect(pictureDifference(one, moved, 0).pixels).toBe(0);
});

test('what is no PNG file cannot be read', () => {
  expect(() => decode(Buffer.from('version https://git-lfs.github.com/spec/v1'))).toThrow(Error);
  expect(() => decode(Buffer.alloc(0))).toThrow(Error);
  expect(() => decode(encode(picture(3, 3)).subarray(0, 50))).toThrow(Error);
});

test('the hash counts as long as the pixels are those of which it was made', () => {
  const file = encode(picture(3, 3));
  expect(pixelHash(file)).toBeUndefined();
  const hashed = encodeWithHash(picture(3, 3), 'abc');
  expect(pixelHash(hashed)).toBe('abc');
  expect(hashed.length - file.length).toBeLessThan(60);
  // An editor that keeps the text and saves other pixels.
  const other = encode(picture(3, 3, { '1,1': [0, 0, 0, 255] }));
  const edited = Buffer.concat([hashed.subarray(0, 33 + hashed.length - file.length), other.subarray(33)]);
  expect(decode(edited).rgba[16]).toBe(0);
  expect(pixelHash(edited)).toBeUndefined();
});

test.each([Buffer.alloc(0), Buffer.from('abc'), encode(picture(3, 3)).subarray(0, 40), Buffer.alloc(100, 255)])(
  'another file has no hash (%#)',
  (file) => {
    expect(pixelHash(file)).toBeUndefined();
  },
);

test('a file in another format of pixels is the same picture', () => {
  // Grey, as an optimizer may write a picture without colours.
  const grey = new PNG({ width: 2, height: 1 });
  grey.data = Buffer.from([7, 7, 7, 255, 200, 200, 200, 255]);
  const file = PNG.sync.write(grey, { colorType: 0 });
  expect([...decode(file).rgba]).toEqual([7, 7, 7, 255, 200, 200, 200, 255]);
});

test('equal pictures differ in nothing', () => {
  const { pixels, within } = pictureDifference(picture(4, 4), picture(4, 4), 0);
  expect({ pixels, within }).toEqual({ pixels: 0, within: undefined });
});

test('every pixel that differs is counted, and is red in the difference; the others are pale', () => {
  const before = picture(10, 8, { '0,0': [0, 0, 0, 255] });
  const after = picture(10, 8, { '0,0': [0, 0, 0, 255], '2,3': [254, 255, 255, 255], '7,5': [0, 0, 0, 255] });
  const { pixels, within, picture: diff } = pictureDifference(before, after, 0);
  expect(pixels).toBe(2);
  expect(within).toEqual({ left: 2, top: 3, right: 7, bottom: 5 });
  expect(pixel(diff, 2, 3)).toEqual([255, 0, 0, 255]);
  expect(pixel(diff, 7, 5)).toEqual([255, 0, 0, 255]);
  expect(pixel(diff, 5, 5)).toEqual(white);
  const [grey = 0] = pixel(diff, 0, 0);
  expect(grey).toBeGreaterThan(200);
});

test('pixels that look the same, because both are transparent, differ too', () => {
  const before = picture(2, 2, { '0,0': [1, 2, 3, 0] });
  const after = picture(2, 2, { '0,0': [9, 9, 9, 0] });
  const { pixels, picture: diff } = pictureDifference(before, after, 0);
  expect(pixels).toBe(1);
  expect(pixel(diff, 0, 0)).toEqual([255, 0, 0, 255]);
});

test('within the threshold a colour is the same', () => {
  const before = picture(4, 4);
  const after = picture(4, 4, { '1,1': [250, 250, 250, 255], '3,3': [0, 0, 0, 255] });
  expect(pictureDifference(before, after, 0).pixels).toBe(2);
  expect(pictureDifference(before, after, 0.1).pixels).toBe(1);
});

test('where only one picture has a pixel, it differs', () => {
  for (const threshold of [0, 1]) {
    const { pixels, within, picture: diff } = pictureDifference(picture(4, 2), picture(3, 3), threshold);
    expect(pixels).toBe(2 + 3);
    expect(within).toEqual({ left: 0, top: 0, right: 3, bottom: 2 });
    expect({ width: diff.width, height: diff.height }).toEqual({ width: 4, height: 3 });
  }
});

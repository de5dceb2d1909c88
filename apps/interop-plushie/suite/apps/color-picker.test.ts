import colorPicker from 'plushie/examples/color_picker';
import { testWith } from 'plushie/testing';
import { expect } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

const test = testWith(colorPicker, options);

test('begins red', async ({ session }) => {
  expect((await session.find('hex_display'))?.text).toBe('#ff0000');
  await sameAsGolden(session, 'color-picker-red');
});

test('finds the canvas with its shapes', async ({ session }) => {
  expect(await session.find('picker')).toMatchObject({ type: 'canvas' });
  expect(await session.find('picker/hue-cursor')).not.toBeNull();
});

// At this commit the SDK passes pointer events of a canvas to no widget: they change nothing, on its own pool neither.
test('takes a press, a drag and a release', async ({ session }) => {
  await session.canvasPress('picker', 370, 200, 'left');
  await session.canvasMove('picker', 200, 370);
  await session.canvasRelease('picker', 200, 370, 'left');
  expect(await session.find('picker')).not.toBeNull();
  await sameAsGolden(session, 'color-picker-dragged');
});

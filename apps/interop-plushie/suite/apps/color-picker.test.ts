import colorPicker from 'plushie/examples/color_picker';
import { testWith } from 'plushie/testing';
import { expect } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

const test = testWith(colorPicker, options);

test('begins red', async ({ session }) => {
  expect((await session.find('hex_display'))?.text).toBe('#ff0000');
  await sameAsGolden(session, 'color-picker-red');
});

test('takes the hue of a press on the ring', async ({ session }) => {
  await session.canvasPress('picker', 370, 200, 'left');
  expect(session.model()).not.toMatchObject({ hue: 0 });
  await sameAsGolden(session, 'color-picker-pressed');
});

test('follows a drag until the button is released', async ({ session }) => {
  await session.canvasPress('picker', 370, 200, 'left');
  await session.canvasMove('picker', 200, 370);
  const dragged = session.model();
  await session.canvasRelease('picker', 200, 370, 'left');
  await session.canvasMove('picker', 30, 200);
  expect(session.model()).toEqual(dragged);
  await sameAsGolden(session, 'color-picker-dragged');
});

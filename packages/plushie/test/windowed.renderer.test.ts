/** Real windows of the renderer that CARPOOL_RENDERER names, on a virtual display. */
import { afterAll, beforeAll, describe } from 'vitest';
import { real } from './conformance/subject.ts';
import { windowedSuite } from './conformance/windowed.ts';
import { findXvfb, startVirtualDisplay, type VirtualDisplay } from './support/virtual-display.ts';

const xvfb = findXvfb();
const reason = xvfb === undefined ? ' (skipped: there is no Xvfb in PATH; `apt-get install xvfb`)' : '';

describe.skipIf(xvfb === undefined)(`real windows${reason}`, () => {
  let display: VirtualDisplay | undefined;
  // The renderer draws with its own code, so that no driver of a graphics card is needed.
  const env: Record<string, string> = { ICED_BACKEND: 'tiny-skia' };

  beforeAll(async () => {
    display = await startVirtualDisplay(xvfb as string);
    env['DISPLAY'] = display.name;
  });
  afterAll(() => display?.stop());

  for (const format of ['msgpack', 'json'] as const) windowedSuite({ ...real('windowed', format), env });
});

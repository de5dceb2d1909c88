/** Real windows of the renderer that CARPOOL_RENDERER names, on a virtual display. */
import { afterAll, beforeAll, test } from 'vitest';
import { real } from './conformance/subject.ts';
import { windowedSuite } from './conformance/windowed.ts';
import { findXvfb, startVirtualDisplay, type VirtualDisplay } from './support/virtual-display.ts';

const xvfb = findXvfb();
let display: VirtualDisplay | undefined;
// The renderer draws with its own code, so that no driver of a graphics card is needed.
const env: Record<string, string> = { ICED_BACKEND: 'tiny-skia' };

if (xvfb === undefined) {
  test.skip('real windows (skipped: there is no Xvfb in PATH; `apt-get install xvfb`)');
} else {
  beforeAll(async () => {
    display = await startVirtualDisplay(xvfb);
    env['DISPLAY'] = display.name;
  });
  afterAll(() => display?.stop());
  for (const format of ['msgpack', 'json'] as const) windowedSuite({ ...real('windowed', format), env });
}

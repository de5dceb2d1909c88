/** Real windows of the renderer that CARPOOL_RENDERER names, on a virtual display. */
import { afterAll, describe, test } from 'vitest';
import { real } from './conformance/subject.ts';
import { windowedSuite } from './conformance/windowed.ts';
import { findXvfb, startVirtualDisplay } from './support/virtual-display.ts';

const xvfb = findXvfb();

if (xvfb === undefined) {
  test.skip('real windows (skipped: there is no Xvfb in PATH; `apt-get install xvfb`)');
} else {
  const display = await startVirtualDisplay(xvfb);
  afterAll(() => display.stop());
  // The renderer draws with its own code, so that no driver of a graphics card is needed.
  const env = { DISPLAY: display.name, ICED_BACKEND: 'tiny-skia' };
  describe.each(['msgpack', 'json'] as const)('%s', (format) => {
    windowedSuite({ ...real('windowed', format), env });
  });
}

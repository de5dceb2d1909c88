/** The code of the guide, with the renderer that CARPOOL_RENDERER names. */
import { test } from 'vitest';
import { real } from './conformance/subject.ts';
import { expectGuideRuns } from './guide.ts';

test('the code of docs/plushie.md compiles, and its tests pass', { timeout: 60_000 }, async () => {
  await expectGuideRuns('docs/plushie.md', 4, real('headless', 'msgpack'));
});

/** The code of the guides, with the renderer that CARPOOL_RENDERER names. */
import { test } from 'vitest';
import { real } from './conformance/subject.ts';
import { expectGuideRuns } from './guide.ts';

test('the code of the pages about Plushie compiles, and its tests pass', { timeout: 120_000 }, async () => {
  await expectGuideRuns(['docs/plushie.md', 'docs/plushie-golden.md'], 6, real('headless', 'msgpack'));
});

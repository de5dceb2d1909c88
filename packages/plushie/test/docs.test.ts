/** The code of the documents, with the stand-in. */
import { test } from 'vitest';
import { standIn } from './conformance/subject.ts';
import { expectGuideRuns } from './guide.ts';

test.each([
  ['docs/plushie.md', 4],
  ['packages/plushie/README.md', 1],
])('the code of %s compiles, and its tests pass', { timeout: 60_000 }, async (page, tests) => {
  await expectGuideRuns(page, tests, standIn('msgpack'));
});

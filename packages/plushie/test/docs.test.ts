/** The code of the documents, with the stand-in. */
import { test } from 'vitest';
import { standIn } from './conformance/subject.ts';
import { expectGuideRuns } from './guide.ts';

test.each([
  [['docs/plushie.md', 'docs/plushie-golden.md'], 6],
  [['packages/plushie/README.md'], 1],
])('the code of %j compiles, and its tests pass', { timeout: 120_000 }, async (pages, tests) => {
  await expectGuideRuns(pages, tests, standIn('msgpack'));
});

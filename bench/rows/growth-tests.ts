/** What a test adds in a file of 10 to 3,000 tests with a session and a request each. */
import type { Row } from '../row.ts';
import { growthRow } from '../suites/growth.ts';

const row: Row = growthRow({
  id: 'tests',
  counts: [10, 100, 1_000, 3_000],
  quickCounts: [10, 100],
  size: (tests) => ({ files: 1, tests, requests: 1 }),
});
export default row;

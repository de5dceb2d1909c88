/** What a file adds in suites of 10 to 2,000 files of 7 tests with 5 requests each. */
import type { Row } from '../row.ts';
import { growthRow } from '../suites/growth.ts';

const row: Row = growthRow({
  id: 'files',
  counts: [10, 100, 500, 2_000],
  quickCounts: [5, 10],
  size: (files) => ({ files }),
});
export default row;

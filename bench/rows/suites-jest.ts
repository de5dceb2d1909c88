/** suites/rows.ts says what these rows are. */
import type { Row } from '../row.ts';
import { rowsOf } from '../suites/rows.ts';

const row: Row = rowsOf('jest');
export default row;

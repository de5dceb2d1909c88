/**
 * What an earlier commit measured, on a quiet machine, by the code of the rows as it is: the bench of today in a checkout
 * of that commit. Machines differ, so each figure has its calibration beside it: the same measure of the relay by hand of
 * suites/support, taken in the same rounds. Who changes that relay, its client or its child must measure this again.
 */
import type { Past } from './row.ts';

const commit = '6afd361';

/** Microseconds of processor time, by the id of the row. */
export const past: Readonly<Record<'cpu-session' | 'cpu-message-test' | 'cpu-message-host', Past>> = {
  'cpu-session': { commit, value: 1, calibration: 1 },
  'cpu-message-test': { commit, value: 1, calibration: 1 },
  'cpu-message-host': { commit, value: 1, calibration: 1 },
};

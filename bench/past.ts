/**
 * What an earlier commit measured, by the code of the rows as it is: the bench of today in a checkout of that commit.
 * Machines differ, so each figure has its calibration beside it: the same measure of the relay by hand of suites/support,
 * taken in the same rounds. A change to that relay, its client or its child makes these figures void: measure them again.
 *
 * The medians of eight runs on two cores of an AMD EPYC with Node 24.21, 2026-11-28. The quotient of a figure and its
 * calibration differed between the runs by 5 % (sessions) to 10 % (messages in the host).
 */
import type { Past } from './row.ts';

const commit = '6afd361';

/** Microseconds of processor time, by the id of the row. */
export const past: Readonly<Record<'cpu-session' | 'cpu-message-test' | 'cpu-message-host', Past>> = {
  'cpu-session': { commit, value: 1_530, calibration: 366 },
  'cpu-message-test': { commit, value: 189, calibration: 103 },
  'cpu-message-host': { commit, value: 141, calibration: 83.5 },
};

/**
 * What an earlier commit measured, by the code of the rows as it is: the bench of today in a checkout of that commit.
 * Machines differ, so each figure has its calibration beside it: the same measure of the relay by hand of suites/support,
 * taken in the same rounds. A change to that relay, its client or its child makes these figures void: measure them again.
 *
 * Of processor time, the medians of eight runs on two cores of an AMD EPYC with Node 24.21, 2026-11-28. The quotient of a
 * figure and its calibration differed between the runs by 5 % (sessions) to 10 % (messages in the host).
 */
import type { Past } from './row.ts';

const commit = '6afd361';
/** The last one before secrets are taken out of what is shown. */
const beforeRedaction = 'b2e2787';

type Ids = 'cpu-session' | 'cpu-message-test' | 'cpu-message-host' | 'load-modules' | 'load-commonjs';

/**
 * By the id of the row. Those of `load-*` are lower quartiles of 23 rounds, beside an empty Node process, on the same machine
 * while it was busy, with the highest priority. Microseconds of processor time; of `load-*`, milliseconds.
 */
export const past: Readonly<Record<Ids, Past>> = {
  'cpu-session': { commit, value: 1_530, calibration: 366 },
  'cpu-message-test': { commit, value: 189, calibration: 103 },
  'cpu-message-host': { commit, value: 141, calibration: 83.5 },
  'load-modules': { commit: beforeRedaction, value: 15.3, calibration: 55.9 },
  'load-commonjs': { commit: beforeRedaction, value: 12.0, calibration: 55.9 },
};

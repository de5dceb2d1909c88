/** From the measurements to a verdict; what `--json` prints. */
import type { Repeated } from './repeat.ts';
import { breakEven, separate, shared, type CarpoolCost, type SuiteCost, type SuiteShape } from './suite.ts';

export interface Measurements {
  /** What was started, for people. */
  readonly subject: string;
  /** When it counted as ready: "at its first output". */
  readonly ready: string;
  /** It ended by itself, which is when it counted as ready. */
  readonly endsByItself: boolean;
  readonly process: Repeated;
  readonly carpool: CarpoolCost;
  readonly shape: SuiteShape;
  /** What the machine had to do before: the processes that ran or wanted to, by the system's average. 0 where it keeps none. */
  readonly load: number;
  /** Tests of a file, each with a session. */
  readonly tests: number;
  /** Requests of each of them. */
  readonly requests: number;
}

export interface Assessment extends Measurements {
  /** What a process for each file adds to the suite. */
  readonly separate: SuiteCost;
  /** What one shared process adds, with Carpool. */
  readonly shared: SuiteCost;
  /** Milliseconds of a start from which on sharing saves wall time. JSON has no Infinity, and shows null. */
  readonly breakEven: number;
  /** By wall time. `even`: the two differ by less than such a measurement can tell. */
  readonly verdict: 'pays' | 'does not pay' | 'even';
}

/** The part by which two results may differ and still say nothing. */
const noise = 0.1;

export function assess(measurements: Measurements): Assessment {
  const { process, carpool, shape } = measurements;
  const [apart, together] = [separate(process, shape), shared(process, carpool, shape)];
  const saved = apart.wall - together.wall;
  const verdict = Math.abs(saved) < apart.wall * noise ? 'even' : saved > 0 ? 'pays' : 'does not pay';
  return {
    ...measurements,
    separate: apart,
    shared: together,
    breakEven: breakEven(process, carpool, shape),
    verdict,
  };
}

/** The zero of this process's clock, for files with its times. */
import { systemClock } from '../base/clock.ts';

let found: number | undefined;

/** Milliseconds since 1970; the same number each time, so that two files of one process agree. */
export function zeroOfClock(): number {
  return (found ??= Math.round(Date.now() - systemClock.now()));
}

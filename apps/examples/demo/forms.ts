/** A suite in its two forms, run in turns. */
import { run, type Run, type RunOptions } from './run.ts';

export interface Round {
  readonly perFile: Run;
  readonly carpool: Run;
}

/**
 * Each form once. The order changes from round to round, so that neither form always has the warmer caches.
 * @throws Error that says which tests failed
 */
export async function runRound(number: number, options: Omit<RunOptions, 'form'>): Promise<Round> {
  if (number % 2 === 0) {
    const carpool = await run({ ...options, form: 'carpool' });
    return { perFile: await run({ ...options, form: 'perFile' }), carpool };
  }
  const perFile = await run({ ...options, form: 'perFile' });
  return { perFile, carpool: await run({ ...options, form: 'carpool' }) };
}

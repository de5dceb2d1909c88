/** The suite in its two forms, run in turns. */
import { run, type Run } from './run.ts';

export interface Round {
  readonly perFile: Run;
  readonly carpool: Run;
}

const configs = { perFile: 'one-process-per-file/vitest.config.ts', carpool: 'vitest.config.ts' } as const;

/**
 * Each form once. The order changes from round to round, so that neither form always has the warmer caches.
 * @param delay seconds by which the renderer starts later
 * @throws Error that says which tests failed
 */
export async function runRound(number: number, delay = 0): Promise<Round> {
  const env: Record<string, string> = delay === 0 ? {} : { CARPOOL_EXAMPLES_DELAY: String(delay) };
  if (number % 2 === 0) {
    const carpool = await run(configs.carpool, env);
    return { perFile: await run(configs.perFile, env), carpool };
  }
  const perFile = await run(configs.perFile, env);
  return { perFile, carpool: await run(configs.carpool, env) };
}

/** The variables by which Plushie's SDKs set up a run of tests. Pure. */
import type { PoolOptions } from 'carpool';
import { CarpoolError } from 'carpool/protocol';
import type { Environment } from './binary.ts';
import type { PlushieMessages } from './messages.ts';

const modes = ['mock', 'headless', 'windowed'] as const;
export type Mode = (typeof modes)[number];

/**
 * The mode of the options, or that of PLUSHIE_TEST_BACKEND, which comes first: it switches a whole run. In the SDKs it alone
 * decides, and an unknown value means `mock`; here a mistyped one is an error, or a run would pass without what it is for.
 * @throws CarpoolError CONFIG_INVALID if the variable has another value
 */
export function modeIn(env: Environment, wanted: Mode): Mode {
  const named = env['PLUSHIE_TEST_BACKEND'];
  if (named === undefined || named === '') return wanted;
  const mode = modes.find((each) => each === named);
  if (mode !== undefined) return mode;
  const message = `PLUSHIE_TEST_BACKEND is ${JSON.stringify(named)}, and there are ${modes.join(', ')}: correct it, or remove it`;
  throw new CarpoolError('CONFIG_INVALID', message, { context: { variable: 'PLUSHIE_TEST_BACKEND', value: named } });
}

/** By how much PLUSHIE_TEST_TIMEOUT lengthens every time-out: a whole number above 0; anything else is 1, as in the SDKs. */
export function timeoutFactor(env: Environment): number {
  const text = env['PLUSHIE_TEST_TIMEOUT'] ?? '';
  return /^\s*[+]?[0-9]+\s*$/.test(text) ? Math.max(1, Number(text)) : 1;
}

/** Milliseconds, and their defaults in any pool. What no test waits for is not among them: `idleTimeout`. */
const timeouts = {
  registerTimeout: 60_000,
  helloTimeout: 30_000,
  openTimeout: 10_000,
  closeTimeout: 5_000,
  requestTimeout: 30_000,
  stopTimeout: 2_000,
} as const;

type Timeouts = Pick<PoolOptions<PlushieMessages>, keyof typeof timeouts>;

/** The same options with time-outs this many times as long. */
export function scaled<Options extends Timeouts>(options: Options, factor: number): Options {
  if (factor === 1) return options;
  const longer = Object.entries(timeouts).map(([name, usual]) => [
    name,
    (options[name as keyof Timeouts] ?? usual) * factor,
  ]);
  return { ...options, ...(Object.fromEntries(longer) as Timeouts) };
}

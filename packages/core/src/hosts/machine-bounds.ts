/** What bounds the children on the host of a machine: said by the one that starts it, on the command line or in its environment. */
import { CarpoolError } from '../base/errors.ts';

export interface MachineBounds {
  /** Children at once, of all its pools. Default: no bound. */
  readonly maxChildren?: number | undefined;
  /** Bytes that its children may take together before no other one starts. Default: no bound. */
  readonly maxMemory?: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const childrenVariable = 'CARPOOL_MAX_CHILDREN';
const memoryVariable = 'CARPOOL_MAX_MEMORY';

/** @throws CarpoolError CONFIG_INVALID for a value that is none */
export function boundsIn(env: Environment): MachineBounds {
  return {
    maxChildren: valueIn(env, childrenVariable, { parse: parseCount, allowed: 'a whole number, at least 1' }),
    maxMemory: valueIn(env, memoryVariable, { parse: parseBytes, allowed: 'a size, such as 512M or 4G' }),
  };
}

/** What a run wants otherwise, on a host that was started already, a sentence for each. */
export function otherBounds(env: Environment, own: MachineBounds): string[] {
  try {
    const wanted = boundsIn(env);
    return [
      ...differs(childrenVariable, env, { wanted: wanted.maxChildren, own: own.maxChildren }),
      ...differs(memoryVariable, env, { wanted: wanted.maxMemory, own: own.maxMemory }),
    ];
  } catch (thrown) {
    return [(thrown as Error).message];
  }
}

/** At least 1. */
export function parseCount(text: string): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** "512M", "4G": bytes. */
export function parseBytes(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([MG])$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * 1024 ** (unit === 'G' ? 3 : 2);
}

interface Parsing {
  readonly parse: (text: string) => number | undefined;
  readonly allowed: string;
}

function valueIn(env: Environment, name: string, { parse, allowed }: Parsing): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = parse(text);
  if (value !== undefined) return value;
  const message = `The environment variable ${name} is ${JSON.stringify(text)}; allowed: ${allowed}`;
  throw new CarpoolError('CONFIG_INVALID', message, { context: { name, found: text, allowed } });
}

function differs(
  name: string,
  env: Environment,
  { wanted, own }: { readonly wanted: number | undefined; readonly own: number | undefined },
): string[] {
  if (wanted === undefined || wanted === own) return [];
  const is = own === undefined ? 'without such a bound' : `with ${shown(own)}`;
  return [
    `the host of this machine was started ${is}, which stays; ${name}=${env[name]} is for one that is started with it, after \`carpool stop\``,
  ];
}

function shown(value: number): string {
  const megabytes = value / 1024 ** 2;
  if (megabytes < 1) return String(value);
  return megabytes % 1024 === 0 ? `${megabytes / 1024}G` : `${Math.round(megabytes)}M`;
}

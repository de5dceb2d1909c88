/** From the config of a run to what sends its registrations to other hosts. Loaded where the config has hosts to look for. */
import { messageOf } from '../../base/thrown.ts';
import { PoolDefinition } from '../../definitions/pool-definition.ts';
import type { LoadedProject } from '../../definitions/project.ts';
import type { PoolMade } from '../../reach/offer.ts';
import type { RunInfo, RunInfoResult } from '../../wire/machine-messages.ts';
import type { HubPool } from '../hub/hub-pool.ts';
import { Placing, type PlacingOptions } from './placing.ts';

/** Milliseconds for what the option `identity` of a pool finds out. */
const configTimeout = 60_000;

export interface StartPlacing extends Pick<PlacingOptions, 'topic' | 'self'> {
  readonly runInfo: () => Promise<RunInfoResult>;
  readonly runner: string | undefined;
  readonly warn?: PlacingOptions['warn'];
  readonly printed?: PlacingOptions['printed'];
}

/** @param made what its pools are made from, for other machines */
export function placingFor(
  { runInfo, runner = 'a runner', warn = warned, printed = shown, ...options }: StartPlacing,
  made: PlacingOptions['made'],
): Placing {
  const run = async (): Promise<RunInfo> => {
    const { run: known } = await runInfo();
    if (known === undefined) throw new Error('it is not known which run this is');
    return { ...known, runner };
  };
  return new Placing({ ...options, made, run, warn, printed });
}

/** Of the pools of this process, which are started as it is. */
export async function portablePools(
  pools: ReadonlyMap<string, HubPool>,
  project: LoadedProject,
): Promise<ReadonlyMap<string, PoolMade>> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const place = { env, cwd: process.cwd(), configTimeout };
  const found = [...pools.values()].map(async ({ settings }) => {
    const options = project.pools[settings.name];
    if (options === undefined || settings.server !== undefined) return [];
    try {
      const { portable } = await PoolDefinition.of({ settings, options, project, place });
      return [[settings.name, portable] as const];
    } catch (thrown) {
      warned(`no session of "${settings.name}" goes to other hosts: ${messageOf(thrown)}`);
      return [];
    }
  });
  return new Map((await Promise.all(found)).flat());
}

function warned(message: string): void {
  process.stderr.write(`carpool: ${message}\n`);
}

function shown(text: string): void {
  process.stderr.write(text);
}

/** From a boot message to pools. Loaded after the host listens, because it loads execa, the codecs and the validation. */
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import type { RedactRules } from '../base/redact.ts';
import { asCarpoolError, type CarpoolError } from '../base/errors.ts';
import { ChildPool } from '../pool/pool.ts';
import type { PlaceSources } from '../pool/launch.ts';
import { poolSettings, type PoolOptions, type PoolSettings } from '../pool/options.ts';
import type { PoolEnvironment } from '../pool/registration.ts';
import { replayedSettings } from '../pool/replayed-settings.ts';
import type { RecordedPool, Transcript } from '../base/transcript-keeper.ts';
import { WaitNotices } from '../pool/wait-notices.ts';
import type { SharedWorkerPlan } from './shared-workers/worker-plan.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { Boot, Project } from '../wire/control.ts';
import type { LockDeclarations } from '../wire/lease-types.ts';
import { configFileOf } from '../config/find.ts';
import type { Reach } from '../reach/types.ts';
import type { HubPool } from './hub/hub-pool.ts';
import type { ReplaySource } from '../recordings/folder.ts';
import { replayVariable } from '../replay/variable.ts';
import { planFromConfig } from './plan-from-config.ts';

export type ConfigureResult =
  | {
      readonly pools: ReadonlyMap<string, HubPool>;
      readonly sharedWorkers: ReadonlyMap<string, SharedWorkerPlan>;
      readonly locks: LockDeclarations;
      readonly reach?: Reach | undefined;
      readonly redact?: RedactRules | undefined;
      /** What the pools are made from. */
      readonly config: LoadedConfig;
      readonly files: readonly string[];
      readonly problem?: undefined;
      /** The run leaves for the host of the machine. */
      readonly host?: 'machine' | undefined;
      /** Pools are answered from recordings. */
      readonly isReplay?: boolean | undefined;
    }
  | {
      readonly pools?: undefined;
      readonly sharedWorkers?: undefined;
      readonly locks?: undefined;
      readonly reach?: undefined;
      readonly redact?: undefined;
      readonly config?: undefined;
      readonly files: readonly string[];
      readonly problem: CarpoolError;
      readonly host?: undefined;
      readonly isReplay?: undefined;
    };

export interface ConfigureOptions extends Required<PlaceSources>, Pick<PoolEnvironment, 'timeline' | 'passing'> {
  /** Opens the transcript of the run, if one is wanted. Default: there is none. */
  readonly openTranscript?: ((config: LoadedConfig) => Promise<Transcript | undefined>) | undefined;
  /** Takes what pools print, and what children do where `forwardStderr` is set. Default: stderr. */
  readonly output?: { write(text: string | Uint8Array): unknown } | undefined;
  readonly load?: ((project: Project) => Promise<LoadedConfig>) | undefined;
  readonly makePool?: ((settings: PoolSettings, options: PoolOptions) => HubPool | Promise<HubPool>) | undefined;
}

/** Never rejects: a config that cannot be used is an outcome, and each `register` fails with it. */
export async function configure(
  project: Project & Pick<Boot, 'mayLeave'>,
  options: ConfigureOptions,
): Promise<ConfigureResult> {
  try {
    const { output = process.stderr, load = loadConfig, makePool, openTranscript, ...place } = options;
    const config = await load(project);
    const { sharedWorkers, locks, reach, redact, folder, file } = config;
    const files = file === undefined ? [] : [file];
    const replay = await replayOf(project, output);
    if (config.host === 'machine' && project.mayLeave === true)
      return { pools: new Map(), sharedWorkers: new Map(), locks: {}, config, files, host: 'machine' };
    const environment = poolEnvironment(output, place);
    const transcript = await openTranscript?.(config);
    const recorded = (pool: string): RecordedPool | undefined => transcript && { transcript, pool };
    const make =
      makePool ??
      ((settings: PoolSettings) => {
        const own = { ...environment, transcript: recorded(settings.name) };
        return replay === undefined ? new ChildPool(settings, own) : replayedPool(settings, own, replay);
      });
    // What is wrong is found before a pool is made.
    const plans = Object.entries(sharedWorkers).map(
      ([name, source]) => [name, planFromConfig(source, folder)] as const,
    );
    const settled = poolsOf(config);
    const made = settled.map(async ([name, settings, pool]) => [name, await make(settings, pool)] as const);
    const pools = new Map(await Promise.all(made));
    const isReplay = replay !== undefined;
    return { pools, sharedWorkers: new Map(plans), locks, reach, redact, config, files, isReplay };
  } catch (thrown) {
    const problem = asCarpoolError(thrown, 'CONFIG_INVALID', 'The config cannot be used');
    const file = configFileOf(project);
    return { files: file === undefined ? [] : [file], problem };
  }
}

/** @throws CarpoolError NOT_RECORDED if what the environment names has no recordings */
async function replayOf(
  { root }: Project,
  output: NonNullable<ConfigureOptions['output']>,
): Promise<ReplaySource | undefined> {
  const place = process.env[replayVariable];
  if (place === undefined || place === '') return undefined;
  const { replaySource } = await import('../recordings/folder.ts');
  const source = await replaySource(place, root);
  for (const note of source.notes) output.write(`carpool: ${note}\n`);
  return source;
}

/** What is not recorded runs as ever: where it cannot be started, the error says why it is. */
function replayedPool(settings: PoolSettings, environment: PoolEnvironment, { books, place }: ReplaySource): ChildPool {
  const { name, server, launch } = settings;
  const replay = server === undefined ? books.get(name) : undefined;
  if (replay !== undefined) return new ChildPool(replayedSettings(settings), { ...environment, replay });
  const why =
    server === undefined
      ? `${place}, from which this run is answered, has no session of this pool`
      : `This run is answered from ${place}, which has nothing of servers: tests connect to them by themselves`;
  const installHint = [launch.installHint ?? 'Install it, or give its path as `command`.', why].join('\n  ');
  return new ChildPool({ ...settings, launch: { ...launch, installHint } }, environment);
}

/** What a config says of its pools: name, settings, and options as they stand there. @throws CarpoolError CONFIG_INVALID */
export function poolsOf({ pools, folder, leaks }: LoadedConfig): (readonly [string, PoolSettings, PoolOptions])[] {
  return Object.entries(pools).map(([name, own]) => {
    // One that is there and undefined is none.
    const pool = leaks === undefined ? own : { ...own, leaks: own.leaks ?? leaks };
    return [name, poolSettings(name, { ...pool, cwd: resolve(folder, pool.cwd ?? '.') }), pool] as const;
  });
}

/** What a pool has from its host. @param output for what it prints */
export function poolEnvironment(
  output: NonNullable<ConfigureOptions['output']>,
  place: Required<PlaceSources> & Pick<PoolEnvironment, 'timeline' | 'passing'>,
): PoolEnvironment {
  return {
    notices: new WaitNotices(output, systemClock),
    ...place,
    warn: (message) => void output.write(`carpool: ${message}\n`),
    summarised: true,
    onStderr: (text) => void output.write(text),
  };
}

/**
 * Loads the configs of runs, each in the environment and the working directory of its runner. Both belong to the whole
 * process, so one is loaded at a time. Children and shared workers have the environment of their run handed to them.
 */
import { systemClock, type Clock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { within } from '../base/wait.ts';
import { configFileOf } from '../config/find.ts';
import { FreshModules } from '../config/fresh-modules.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { LoadedProject, RunnerPlace } from '../definitions/project.ts';
import type { Project } from '../wire/control.ts';

export interface LoadEvents {
  /** Takes a sentence about a wait for others. */
  readonly say?: ((text: string) => void) | undefined;
  /** Takes what knows the files that are loaded, also where the config fails. */
  readonly begins?: ((modules: FreshModules) => void) | undefined;
}

export class Projects {
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  #loads = 0;
  /** Those that are not loaded yet, in their order. */
  readonly #queue = new Set<Project>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * `configTimeout` counts from when it is this one's turn.
   * @throws CarpoolError CONFIG_INVALID
   */
  load(project: Project, place: RunnerPlace, { say = noop, begins }: LoadEvents = {}): Promise<LoadedProject> {
    const modules = new FreshModules(++this.#loads);
    begins?.(modules);
    const { configTimeout: timeout } = place;
    const ahead = [...this.#queue];
    this.#queue.add(project);
    const notice = ahead.length === 0 ? undefined : this.#clock.after(patience, () => say(waits(ahead, this.#queue)));
    const loaded = this.#last.then(async () => {
      notice?.cancel();
      const load = (): Promise<LoadedConfig> =>
        within(loadConfig(project, modules), { clock: this.#clock, timeout, expired: () => late(project, timeout) });
      return { ...(await inPlace(place, load)), modules };
    });
    this.#last = loaded.catch(noop).then(() => this.#queue.delete(project));
    return loaded;
  }
}

/** Milliseconds of a wait for other configs of which nothing is said. */
const patience = 2_000;

/** @param queue what is not loaded yet */
function waits(ahead: readonly Project[], queue: ReadonlySet<Project>): string {
  const left = ahead.filter((project) => queue.has(project));
  const [first] = left;
  const others = left.length === 1 ? 'the config of another run' : `the configs of ${left.length} other runs`;
  const now = first === undefined ? '' : `; ${configFileOf(first) ?? first.root} is being loaded`;
  return `this run waits until the host of this machine has loaded ${others}${now}`;
}

/** Other configs wait behind it. */
function late(project: Project, configTimeout: number): CarpoolError {
  const file = configFileOf(project);
  const message = `Cannot load ${file ?? 'the config'}: it was not loaded within ${Math.round(configTimeout)} ms: a top-level \`await\` in it, or in what it imports, has not settled. If it needs longer, set \`configTimeout\` in the options of the adapter`;
  return new CarpoolError('CONFIG_INVALID', message, { context: { file, configTimeout } });
}

async function inPlace<T>({ env, cwd }: RunnerPlace, work: () => Promise<T>): Promise<T> {
  const [ownEnv, ownCwd] = [process.env, process.cwd()];
  process.env = { ...env };
  try {
    process.chdir(cwd);
    return await work();
  } finally {
    process.env = ownEnv;
    process.chdir(ownCwd);
  }
}

/**
 * Loads the configs of runs, each in the environment and the working directory of its runner. Both belong to the whole
 * process, so one is loaded at a time. Children and shared workers have the environment of their run handed to them.
 */
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { CarpoolError } from '../base/errors.ts';
import { within } from '../base/wait.ts';
import { findConfig } from '../config/find.ts';
import { FreshModules } from '../config/fresh-modules.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import type { Project } from '../wire/control.ts';

/** Where a runner runs. */
export interface RunnerPlace {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Milliseconds for its config. */
  readonly configTimeout: number;
}

export interface LoadedProject extends LoadedConfig {
  readonly modules: FreshModules;
}

export class Projects {
  #last: Promise<unknown> = Promise.resolve();
  #loads = 0;

  /** @throws CarpoolError CONFIG_INVALID */
  load(project: Project, place: RunnerPlace): Promise<LoadedProject> {
    const modules = new FreshModules(++this.#loads);
    const { configTimeout: timeout } = place;
    const loaded = this.#last.then(async () => {
      const load = (): Promise<LoadedConfig> =>
        within(loadConfig(project, modules), { clock: systemClock, timeout, expired: () => late(project, timeout) });
      return { ...(await inPlace(place, load)), modules };
    });
    this.#last = loaded.catch(() => {});
    return loaded;
  }
}

/** Other configs wait behind it. */
function late({ root, configFile }: Project, configTimeout: number): CarpoolError {
  const file = configFile === undefined ? findConfig(root) : resolve(root, configFile);
  const message = `Cannot load ${file ?? 'the config'}: it was not loaded within ${configTimeout} ms: a top-level \`await\` in it, or in what it imports, has not settled. If it needs longer, set \`configTimeout\` in the options of the adapter`;
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

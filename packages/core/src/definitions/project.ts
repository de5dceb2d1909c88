/** A config that was loaded, as far as it decides what its pools are. */
import type { FreshModules } from '../config/fresh-modules.ts';
import type { LoadedConfig } from '../config/load.ts';

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

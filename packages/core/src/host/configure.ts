/** From a boot message to pools. Loaded after the host listens, because it loads execa, the codecs and the validation. */
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { asCarpoolError, type CarpoolError } from '../base/errors.ts';
import { ChildPool } from '../pool/pool.ts';
import type { PlaceSources } from '../pool/launch.ts';
import { poolSettings } from '../pool/options.ts';
import { WaitNotices } from '../pool/wait-notices.ts';
import type { SharedWorkerPlan } from './shared-workers/worker-plan.ts';
import { loadConfig } from '../config/load.ts';
import type { Project } from '../wire/control.ts';
import type { LockDeclarations } from '../wire/lease-types.ts';
import { findConfig } from '../config/find.ts';
import { planFromConfig } from './plan-from-config.ts';

export type ConfigureResult =
  | {
      readonly pools: ReadonlyMap<string, ChildPool>;
      readonly sharedWorkers: ReadonlyMap<string, SharedWorkerPlan>;
      readonly locks: LockDeclarations;
      readonly files: readonly string[];
      readonly problem?: undefined;
    }
  | {
      readonly pools?: undefined;
      readonly sharedWorkers?: undefined;
      readonly locks?: undefined;
      readonly files: readonly string[];
      readonly problem: CarpoolError;
    };

/** Never rejects: a config that cannot be used is an outcome, and each `register` fails with it. */
export async function configure(project: Project, place: Required<PlaceSources>): Promise<ConfigureResult> {
  try {
    const { pools, sharedWorkers, locks, folder, file } = await loadConfig(project);
    const environment = {
      notices: new WaitNotices(process.stderr, systemClock),
      ...place,
      warn: (message: string) => void process.stderr.write(`carpool: ${message}\n`),
      onStderr: (text: Uint8Array) => void process.stderr.write(text),
    };
    const made = Object.entries(pools).map(([name, options]) => {
      const settings = poolSettings(name, { ...options, cwd: resolve(folder, options.cwd ?? '.') });
      return [name, new ChildPool(settings, environment)] as const;
    });
    const plans = Object.entries(sharedWorkers).map(
      ([name, source]) => [name, planFromConfig(source, folder)] as const,
    );
    return { pools: new Map(made), sharedWorkers: new Map(plans), locks, files: file === undefined ? [] : [file] };
  } catch (thrown) {
    const problem = asCarpoolError(thrown, 'CONFIG_INVALID', 'The config cannot be used');
    const file =
      project.configFile === undefined ? findConfig(project.root) : resolve(project.root, project.configFile);
    return { files: file === undefined ? [] : [file], problem };
  }
}

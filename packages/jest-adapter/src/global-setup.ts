/**
 * Starts the hosts when a run begins. Part of the preset; a global setup of your own calls it:
 *
 *   import carpoolSetup from '@carpool/jest/global-setup';
 *   export default async (globalConfig, projectConfig) => { await carpoolSetup(globalConfig, projectConfig); … }
 *
 * Options come from `carpool(options)` in the Jest config, see config.ts. It may be called more than
 * once in a run, and rejects for a misspelt option alone.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkCarpoolOptions } from 'carpool';
import { findConfig, RunHost, type CarpoolOptions, type HostOptions } from 'carpool/adapter/main-process';
import { hosts } from './hosts.ts';
import { provide, version, type ProvidedFor } from './provided.ts';

/** What Jest gives to a global setup, as far as it is needed. */
export interface GlobalConfig {
  readonly rootDir: string;
  readonly watch?: boolean;
  readonly watchAll?: boolean;
  readonly silent?: boolean;
  readonly projects?: readonly unknown[];
}

/** What Jest gives to a global setup of a project, as far as it is needed. */
export interface ProjectConfig {
  readonly rootDir: string;
  readonly testEnvironment?: string;
  readonly testEnvironmentOptions?: Readonly<Record<string, unknown>>;
}

/**
 * Jest's global setup, for the hosts of all projects that name it.
 * @throws CarpoolError CONFIG_INVALID if `testEnvironmentOptions.carpool` has an option that there is not
 */
export default async function setup(globalConfig: GlobalConfig, projectConfig: ProjectConfig): Promise<void> {
  const options = optionsIn(projectConfig);
  const environment = environmentOf(projectConfig);
  const { evidence, summary } = options;
  const begun = wantedHosts(globalConfig, projectConfig, options).map(async (wanted) => {
    const id = JSON.stringify(wanted);
    const known = hosts().get(id);
    const host = known?.host ?? new RunHost({ ...wanted, evidence, summary, runner: 'jest', version });
    if (known === undefined) hosts().set(id, { host, root: wanted.root, ...environment });
    await host.runStarted();
  });
  await Promise.all(begun);
  provide([...hosts().values()].map(({ host, ...whose }) => ({ ...whose, ...host.provided })));
}

function optionsIn({ testEnvironmentOptions }: ProjectConfig): CarpoolOptions {
  const options = (testEnvironmentOptions?.['carpool'] ?? {}) as CarpoolOptions;
  checkCarpoolOptions(options);
  return options;
}

/** Jest calls a global setup once for all projects that name it: those that find the same config share a host. */
function wantedHosts(globalConfig: GlobalConfig, { rootDir }: ProjectConfig, options: CarpoolOptions): HostOptions[] {
  const { configFile, configTimeout, host, pools } = options;
  if (configFile !== undefined || pools !== undefined) {
    return [{ root: rootDir, configTimeout, host, configFile, ...(pools === undefined ? {} : { pools }) }];
  }
  const roots = [rootDir, ...(globalConfig.projects ?? []).map((project) => rootOf(project, globalConfig.rootDir))];
  const folders = roots.map(findConfig).filter((file) => file !== undefined);
  // Without any config the host says so to the tests that want a pool.
  const found = folders.length === 0 ? [globalConfig.rootDir] : folders.map((file) => dirname(file));
  return [...new Set(found)].map((root) => ({ root, configTimeout, host }));
}

/** A project is a folder, a config file, or a config. */
function rootOf(project: unknown, from: string): string {
  const named = typeof project === 'string' ? project : ((project as Partial<GlobalConfig> | null)?.rootDir ?? from);
  const path = resolve(from, named);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return path;
  return realpathSync(stats.isDirectory() ? path : dirname(path));
}

/** For an error that names what stands in the place of the preset's. One that wraps it needs no error. */
function environmentOf({ rootDir, testEnvironment }: ProjectConfig): Pick<ProvidedFor, 'environment'> {
  const own = testEnvironment === undefined || dirname(testEnvironment) === import.meta.dirname;
  return own ? {} : { environment: { rootDir, path: testEnvironment } };
}

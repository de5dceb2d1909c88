/**
 * Starts the hosts when a run begins. Part of the preset; a global setup of your own calls it:
 *
 *   export default async (globalConfig, projectConfig) => { await carpoolSetup(globalConfig, projectConfig); … }
 *
 * It never rejects, and may be called more than once in a run.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { PoolOptions } from 'carpool';
import { findConfig, RunHost, type HostOptions } from 'carpool/host';
import { hosts } from './hosts.ts';
import { provide, version, type ProvidedFor } from './provided.ts';

export interface CarpoolOptions {
  /** Path of the config file, from the `rootDir`. Default: `carpool.config.*`, looked for upwards from there. */
  readonly configFile?: string;
  /** Pools that are plain data, beside or instead of those of the config file. */
  readonly pools?: Readonly<Record<string, PoolOptions>>;
  /** Print one line for each pool after a run. Default true. */
  readonly summary?: boolean;
}

/** What Jest gives to a global setup, as far as it is needed. */
export interface GlobalConfig {
  readonly rootDir: string;
  readonly watch?: boolean;
  readonly watchAll?: boolean;
  readonly projects?: readonly unknown[];
}

export interface ProjectConfig {
  readonly rootDir: string;
  readonly testEnvironment?: string;
  readonly testEnvironmentOptions?: Readonly<Record<string, unknown>>;
}

/** @param options instead of `testEnvironmentOptions.carpool` of the Jest config */
export async function carpoolSetup(
  globalConfig: GlobalConfig,
  projectConfig: ProjectConfig,
  options: CarpoolOptions = optionsIn(projectConfig),
): Promise<void> {
  const environment = environmentOf(projectConfig);
  const all = wantedHosts(globalConfig, projectConfig, options);
  const begun = all.map(async (wanted) => {
    const id = JSON.stringify(wanted);
    const known = hosts().get(id);
    const host = known?.host ?? new RunHost({ ...wanted, runner: 'jest', version });
    if (known === undefined) hosts().set(id, { host, root: wanted.root, ...environment });
    await host.runStarted();
  });
  await Promise.all(begun);
  provide([...hosts().values()].map(({ host, ...whose }) => ({ ...whose, ...host.provided })));
}

export default carpoolSetup;

export function optionsIn({ testEnvironmentOptions }: ProjectConfig): CarpoolOptions {
  return (testEnvironmentOptions?.['carpool'] ?? {}) as CarpoolOptions;
}

/** Jest calls a global setup once for all projects that name it: those that find the same config share a host. */
function wantedHosts(globalConfig: GlobalConfig, { rootDir }: ProjectConfig, options: CarpoolOptions): HostOptions[] {
  const { configFile, pools } = options;
  if (configFile !== undefined || pools !== undefined) {
    return [
      { root: rootDir, ...(configFile === undefined ? {} : { configFile }), ...(pools === undefined ? {} : { pools }) },
    ];
  }
  const roots = [rootDir, ...(globalConfig.projects ?? []).map((project) => rootOf(project, globalConfig.rootDir))];
  const folders = roots.map(findConfig).filter((file) => file !== undefined);
  // Without any config the host says so to whoever wants a pool.
  const found = folders.length === 0 ? [globalConfig.rootDir] : folders.map((file) => dirname(file));
  return [...new Set(found)].map((root) => ({ root }));
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

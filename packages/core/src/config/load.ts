/**
 * Finds, loads and checks `carpool.config.*`. A mistake is one error that names the file, the path in it, what was found and
 * what is allowed.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { LockDeclarations } from '../wire/lease-types.ts';
import type { SharedWorkerEntry } from './define-shared-worker.ts';
import type { RedactRules } from '../base/redact.ts';
import type { Reach } from '../reach/types.ts';
import type { FreshModules } from './fresh-modules.ts';
import { importModule } from './import-module.ts';
import type { Project } from '../wire/control.ts';
import { checkConfig, invalid } from './check.ts';
import { redactRules } from './redact-schema.ts';
import { configFileOf, configNames } from './find.ts';

export interface LoadedConfig {
  readonly pools: Readonly<Record<string, PoolOptions>>;
  readonly sharedWorkers: Readonly<Record<string, SharedWorkerEntry>>;
  readonly locks: LockDeclarations;
  readonly host?: 'run' | 'machine' | undefined;
  readonly reach?: Reach | undefined;
  /** Default true. */
  readonly report?: boolean | undefined;
  /** Default false. */
  readonly transcript?: boolean | undefined;
  readonly leaks?: PoolOptions['leaks'];
  /** Of what is shown. */
  readonly redact?: RedactRules | undefined;
  /** The file, if there is one. */
  readonly file: string | undefined;
  /** Relative paths in the config are relative to this folder. */
  readonly folder: string;
}

/**
 * @param fresh evaluates the config anew, with all that it imports of the project
 * @throws CarpoolError CONFIG_INVALID
 */
export async function loadConfig(project: Project, fresh?: FreshModules): Promise<LoadedConfig> {
  const file = configFileOf(project);
  const folder = file === undefined ? project.root : dirname(file);
  const inline = checkConfig({ pools: project.pools ?? {} }, 'the options of the adapter').pools ?? {};
  const config = file === undefined ? {} : checkConfig(await importDefault(file, fresh), file);
  const {
    pools: fromFile = {},
    sharedWorkers = {},
    locks = {},
    host,
    reach,
    report,
    transcript,
    leaks,
    redact,
  } = config;
  for (const name of Object.keys(inline)) {
    if (!Object.hasOwn(fromFile, name)) continue;
    throw invalid(
      `pools.${name}`,
      `the pool ${JSON.stringify(name)} is in ${file} and in the options of the adapter`,
      'one of the two',
      file,
    );
  }
  const all = { ...fromFile, ...inline };
  if (host !== 'machine' && reach === undefined && Object.keys({ ...all, ...sharedWorkers, ...locks }).length === 0) {
    const where =
      file === undefined ? `no ${configNames[0]} was found in ${project.root} or above it` : `${file} has none`;
    throw new CarpoolError(
      'CONFIG_INVALID',
      `There are no pools: ${where}. Write a config that exports \`defineConfig({ pools: { … } })\``,
      {
        context: { file, root: project.root, path: 'pools', empty: true },
      },
    );
  }
  return {
    pools: all,
    sharedWorkers,
    locks,
    host,
    reach,
    report,
    transcript,
    leaks,
    redact: redactRules(redact),
    folder,
    file,
  };
}

async function importDefault(file: string, fresh: FreshModules | undefined): Promise<unknown> {
  if (!existsSync(file)) {
    throw new CarpoolError(
      'CONFIG_INVALID',
      `Cannot load the config: there is no file ${file}. Correct the path that names it, or leave it out: then the nearest carpool.config.* is taken`,
      { context: { file } },
    );
  }
  let module: Record<string, unknown>;
  try {
    module = await importModule(pathToFileURL(file).href, fresh);
  } catch (thrown) {
    throw new CarpoolError('CONFIG_INVALID', `Cannot load ${file}: ${messageOf(thrown)}`, {
      context: { file },
      cause: thrown,
    });
  }
  if (module['default'] !== undefined) return module['default'];
  throw invalid('default', 'the file has no default export', '`export default defineConfig({ … })`', file);
}

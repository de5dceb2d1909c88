/** The config, and whether the programs of its pools are there. Nothing is started. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { asCarpoolError, isCarpoolError } from '../../base/errors.ts';
import { within } from '../../base/wait.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { poolSettings, type PoolOptions, type PoolSettings } from '../../pool/options.ts';
import { resolveCommand } from '../../process/command.ts';
import { childEnvironment, variable } from '../../process/environment.ts';
import { checkBeforeSpawn } from '../../process/start-failure.ts';
import type { Finding } from './finding.ts';

export interface ConfigPlace {
  readonly root: string;
  /** Default: the nearest `carpool.config.*`. */
  readonly configFile?: string | undefined;
  /** Milliseconds in which it must have been loaded. Default 60,000, as in a run. */
  readonly timeout?: number | undefined;
}

export async function checkConfig({ root, configFile, timeout = 60_000 }: ConfigPlace): Promise<Finding[]> {
  let config: LoadedConfig;
  try {
    const expired = (): Error =>
      new Error(
        `Cannot load the config: it was not loaded within ${Math.round(timeout)} ms: a top-level \`await\` has not settled`,
      );
    config = await within(loadConfig({ root, configFile }), { clock: systemClock, timeout, expired });
  } catch (thrown) {
    const empty = isCarpoolError(thrown) && thrown.context['empty'] === true;
    const { message } = asCarpoolError(thrown, 'CONFIG_INVALID', 'Cannot load the config');
    return [{ check: 'config', status: empty ? 'warning' : 'problem', text: message }];
  }
  const { pools, sharedWorkers, locks, host, file, folder } = config;
  const counts = Object.entries({ pools, 'shared workers': sharedWorkers, locks }).map(
    ([name, entries]) => `${name}: ${Object.keys(entries).join(', ') || 'none'}`,
  );
  const where = host === 'machine' ? ['on the host of this machine'] : [];
  return [
    { check: 'config', status: 'ok', text: `${[file, ...where].join(', ')}; ${counts.join('; ')}` },
    ...Object.entries(pools).map(([name, options]) => checkPool(name, options, folder)),
  ];
}

function checkPool(name: string, options: PoolOptions, folder: string): Finding {
  const check = 'pools';
  let settings: PoolSettings;
  try {
    settings = poolSettings(name, { ...options, cwd: resolve(folder, options.cwd ?? '.') });
  } catch (thrown) {
    return { check, status: 'problem', text: asCarpoolError(thrown, 'CONFIG_INVALID', `Cannot use ${name}`).message };
  }
  const { command, launch } = settings;
  if (typeof command !== 'string') {
    // It may do what a start needs, such as making a database.
    const text = `pool ${name}: its \`command\` is a function, which is not called here`;
    return { check, status: 'ok', text, advice: `\`carpool check ${name}\` starts it` };
  }
  const cwd = launch.cwd ?? folder;
  const resolution = resolveCommand(command, cwd, variable(childEnvironment(launch), 'PATH'));
  const fault = checkBeforeSpawn({ pool: name, command, cwd, resolution });
  if (fault === undefined) return { check, status: 'ok', text: `pool ${name}: ${resolution.file}` };
  return { check, status: 'problem', text: fault.message, advice: launch.installHint };
}

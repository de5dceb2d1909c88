/** What the children of a pool are made from that its options do not show, as its config says it: the option `identity`. */
import { resolve } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import { within } from '../base/wait.ts';
import { describeMessage } from '../codec/describe.ts';
import type { PoolIdentity } from '../pool/identity.ts';
import type { CommandLookup, PoolSettings } from '../pool/options.ts';
import { resolveCommand } from '../process/command.ts';
import { variable } from '../process/environment.ts';
import type { RunnerPlace } from './project.ts';

/** With absolute paths. */
export interface KnownIdentity {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  readonly value: unknown;
}

export interface IdentityOptions {
  readonly settings: PoolSettings;
  readonly place: RunnerPlace;
  /** Of the config. */
  readonly folder: string;
}

/** @throws CarpoolError CONFIG_INVALID */
export async function identityOf(options: IdentityOptions): Promise<KnownIdentity> {
  const { settings, folder } = options;
  const cwd = settings.launch.cwd ?? folder;
  const { files = [], folders = [], value } = await told(options);
  const absolute = (path: string): string => resolve(cwd, path);
  return { files: files.map(absolute), folders: folders.map(absolute), value };
}

async function told({ settings, place, folder }: IdentityOptions): Promise<PoolIdentity> {
  const { identity, command, launch, name } = settings;
  // A command that is a function decides by what it finds in its folder, as long as nothing says otherwise.
  if (identity === undefined) return { folders: typeof command === 'function' ? [folder] : [] };
  if (typeof identity !== 'function') return identity;
  const { env, configTimeout: timeout } = place;
  const attempt = `Cannot tell what the children of pool "${name}" are made from`;
  const expired = (): Error =>
    new CarpoolError(
      'CONFIG_INVALID',
      `${attempt}: its \`identity\` function has not ended within ${Math.round(timeout)} ms`,
    );
  try {
    const lookup = { env, cwd: launch.cwd ?? folder, find: finder(place) };
    const asked = (async () => await identity(lookup))();
    const found = await within(asked, { clock: systemClock, timeout, expired });
    if (isIdentity(found)) return found;
    const allowed = '{ files?, folders?, value? }, with lists of paths';
    throw new Error(`it returned ${describeMessage(found, 200)}; allowed: ${allowed}`);
  } catch (thrown) {
    throw asCarpoolError(thrown, 'CONFIG_INVALID', `${attempt}: its \`identity\` function failed`);
  }
}

const names: ReadonlySet<string> = new Set(['files', 'folders', 'value'] satisfies (keyof PoolIdentity)[]);

/** No compiler may have looked. */
function isIdentity(found: unknown): found is PoolIdentity {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return false;
  const { files = [], folders = [] } = found as Readonly<Record<string, unknown>>;
  const isPaths = (list: unknown): boolean => Array.isArray(list) && list.every((path) => typeof path === 'string');
  return Object.keys(found).every((name) => names.has(name)) && isPaths(files) && isPaths(folders);
}

/** As the system would look for a program where the runner runs. */
export function finder({ env, cwd }: RunnerPlace): CommandLookup['find'] {
  return (wanted) => resolveCommand(wanted, cwd, variable(env, 'PATH')).file;
}

/** What is started: the program, and its redis.conf in the private folder. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CommandLookup, Launch } from 'carpool';
import type { AdminAddress } from './connection.ts';
import { configText } from './config-file.ts';
import { findServer } from './machine.ts';
import type { RedisOptions } from './types.ts';

export interface LaunchOptions {
  readonly binary: string | undefined;
  readonly config: RedisOptions['config'];
  readonly modules: readonly string[];
  readonly databases: number;
}

export interface Prepared {
  readonly launch: Launch;
  readonly address: AdminAddress;
}

/** @throws CarpoolError CHILD_NOT_STARTED, CONFIG_INVALID */
export async function prepareServer(options: LaunchOptions, lookup: CommandLookup): Promise<Prepared> {
  const { binary, config, modules, databases } = options;
  const { path } = await findServer(binary, lookup);
  const { temp: folder, port, cwd } = lookup;
  if (port === undefined) throw new Error('a server is started on a port');
  const adminPassword = randomBytes(16).toString('hex');
  const absolute = modules.map((module) => resolve(cwd, module));
  const text = configText({ port, folder, databases, adminPassword, modules: absolute, config });
  const file = join(folder, 'redis.conf');
  // Passwords are in it, which `ps` would show of arguments.
  writeFileSync(file, text, { mode: 0o600 });
  return { launch: { command: path, args: [file] }, address: { port, password: adminPassword } };
}

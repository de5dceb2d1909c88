/** The server of this machine. Without any, tests are skipped and say why; CARPOOL_REDIS=required: then they fail. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isCarpoolError, type CommandLookup } from 'carpool';
import type { RedisBinary } from '../../src/locate.ts';
import { findServer } from '../../src/machine.ts';

const find = (command: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path));

/** As the host makes it for a config in this package. */
export const lookup: CommandLookup = {
  env: process.env,
  cwd: join(import.meta.dirname, '../..'),
  find,
  temp: '',
  port: undefined,
  socket: undefined,
};

async function found(): Promise<RedisBinary | string> {
  try {
    return await findServer(undefined, lookup);
  } catch (thrown) {
    if (!isCarpoolError(thrown, 'CHILD_NOT_STARTED') || process.env['CARPOOL_REDIS'] === 'required') throw thrown;
    return thrown.message;
  }
}

const any = await found();

export const binary: RedisBinary | undefined = typeof any === 'string' ? undefined : any;

/** For the names of groups that need it: why they are skipped. */
export const reason: string = typeof any === 'string' ? ` (skipped: ${any.split('\n')[0]})` : '';

/** The servers of this machine. Without any, tests are skipped and say why; CARPOOL_POSTGRES=required: then they fail. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findServer } from '../../src/machine.ts';
import type { Binaries } from '../../src/locate.ts';
import { isCarpoolError, type CommandLookup } from 'carpool';

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

async function found(version?: number): Promise<Binaries | string> {
  try {
    return await findServer({ version, binaries: undefined }, lookup);
  } catch (thrown) {
    if (!isCarpoolError(thrown, 'CHILD_NOT_STARTED') || process.env['CARPOOL_POSTGRES'] === 'required') throw thrown;
    return thrown.message;
  }
}

const any = await found();
const newest = await found(18);

/** What the tests run on, where nothing depends on the version. */
export const server: Binaries | undefined = typeof any === 'string' ? undefined : any;
/** One of each version that the tests are run on. */
export const servers: readonly Binaries[] = [any, newest].filter((it) => typeof it !== 'string');

/** For the names of such groups: why they are skipped. */
export const reason: string = typeof any === 'string' ? ` (skipped: ${any.split('\n')[0]})` : '';

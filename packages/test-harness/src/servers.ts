/** Servers that a machine may lack, found as the host finds them for a config: without one, tests are skipped and say why. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

/** As the host makes it for a config, of `carpool`. */
export interface Lookup {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly find: (command: string) => string | undefined;
  readonly temp: string;
  readonly port: undefined;
  readonly socket: undefined;
}

/** @param folder of the config */
export function lookupIn(folder: string): Lookup {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const find = (command: string): string | undefined =>
    folders.map((path) => join(path, command)).find((path) => existsSync(path));
  return { env, cwd: folder, find, temp: '', port: undefined, socket: undefined };
}

export interface OptionalServer<Found> {
  readonly server: Found | undefined;
  /** For the titles of its tests: why they are skipped, or nothing. */
  readonly reason: string;
}

/**
 * @param look fails with CHILD_NOT_STARTED where there is none
 * @param variable an environment variable: with the value `required`, a server that is missing is an error
 */
export async function optionalServer<Found>(
  look: () => Promise<Found>,
  variable: string,
): Promise<OptionalServer<Found>> {
  try {
    return { server: await look(), reason: '' };
  } catch (thrown) {
    const { code, message } = thrown as { readonly code?: unknown; readonly message: string };
    if (code !== 'CHILD_NOT_STARTED' || env[variable] === 'required') throw thrown;
    return { server: undefined, reason: ` (skipped: ${message.split('\n', 1)[0]})` };
  }
}

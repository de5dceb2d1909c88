/**
 * What stands around a test where no adapter does: under `carpool run`, in a plain script or a runner without one. The
 * process is the worker, and its program the file.
 */
import { CarpoolError } from '../base/errors.ts';
import { sharedClient } from '../client/shared.ts';
import { addressVariable } from '../wire/address.ts';
import type { Ambient } from './ambient.ts';
import { FileOwner } from './file-owner.ts';
import { Owner } from './owner.ts';

/** @throws CarpoolError HUB_UNREACHABLE if nothing says where a host is */
export function processAmbient(): Ambient & { readonly file: FileOwner } {
  const address = process.env[addressVariable];
  if (address === undefined || address === '') throw nowhere();
  const program = process.argv[1] ?? process.execPath;
  const holder = { file: program };
  const connect = async () => await sharedClient({ address, runner: 'node' });
  const file = new FileOwner({ path: [`${program} ${process.pid}`], holder, connect });
  const worker = new Owner({ path: [], holder, connect });
  // When nothing is left to do. Whoever exits before that is noticed by the host.
  process.once('beforeExit', () => void file.end());
  return { file, test: () => undefined, worker: () => worker };
}

function nowhere(): CarpoolError {
  const words =
    "Cannot reach Carpool's host: no adapter of Carpool runs this file; add `carpool()` of @carpool/vitest to the plugins of the Vitest config, `preset: '@carpool/jest'` to Jest's, or the global setup and the `test` of @carpool/playwright to Playwright's; with another runner, start it with `carpool run`";
  return new CarpoolError('HUB_UNREACHABLE', words);
}

/**
 * The current test where there is no adapter, but `CARPOOL_ADDRESS` names a host: under `carpool run`, in a plain script, in a
 * runner without an adapter. The process is the worker, its program the file, and there are no tests.
 */
import { CarpoolError } from '../base/errors.ts';
import type { Client } from '../client/types.ts';
import { addressVariable, asOfVariable } from '../wire/address.ts';
import type { CurrentTest } from './current-test.ts';
import { FileOwner } from '../client/file-owner.ts';
import { sharedClient } from '../client/shared-client.ts';
import { Owner } from '../client/owner.ts';

type CurrentProcess = CurrentTest & { readonly file: FileOwner };

const key: unique symbol = Symbol.for('carpool.process') as never;

/** The same for all copies of this module in a process. @throws CarpoolError HUB_UNREACHABLE if the environment names no host */
export function currentProcess(): CurrentProcess {
  const home = globalThis as { [key]?: { readonly address: string; readonly current: CurrentProcess } };
  const address = process.env[addressVariable];
  if (address === undefined || address === '') throw nowhere();
  if (home[key]?.address === address) return home[key].current;
  const connect = (): Client | Promise<Client> => {
    const client = sharedClient({ address, runner: 'none' });
    if (!(client instanceof Promise)) return client;
    return client.catch((thrown: unknown) => {
      throw asOfVariable(thrown);
    });
  };
  const program = process.argv[1] ?? `process ${process.pid}`;
  const holder = { file: program };
  const file = new FileOwner({ path: [`${program} ${process.pid}`], holder, connect });
  const worker = new Owner({ path: [], holder, connect });
  // When nothing is left to do. The host notices a process that exits earlier.
  process.once('beforeExit', () => void file.end());
  const current = { file, test: () => undefined, worker: () => worker, timeLeft: () => Infinity };
  home[key] = { address, current };
  return current;
}

function nowhere(): CarpoolError {
  const message = `Cannot reach Carpool's host: no adapter of Carpool runs this file; ${remedy(process.env)}`;
  return new CarpoolError('HUB_UNREACHABLE', message);
}

/** What to do in the runner that the environment shows. */
function remedy(env: NodeJS.ProcessEnv): string {
  if (env['VITEST'] !== undefined)
    return "add `plugins: [carpool()]` from '@carpool/vitest/config' to the Vitest config, or `setupFiles: ['@carpool/vitest/setup']` to the project";
  if (env['JEST_WORKER_ID'] !== undefined) return "add `preset: '@carpool/jest'` to the Jest config";
  if (env['TEST_WORKER_INDEX'] !== undefined)
    return "take `test` from '@carpool/playwright' instead of '@playwright/test', and add `globalSetup: '@carpool/playwright/global-setup'` to the Playwright config";
  return 'add the adapter of your runner, @carpool/vitest, @carpool/jest or @carpool/playwright; with another runner, start it with `carpool run`';
}

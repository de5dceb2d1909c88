/** What the main process hands to its workers: one environment variable, which Playwright's workers inherit. */
import { connectProvided, type Client, type Provided } from 'carpool/adapter/test-process';
import packageJson from '../package.json' with { type: 'json' };

/** The version of this package. Both sides carry it, so that two installed copies are noticed. */
export const version: string = packageJson.version;

/**
 * Not `CARPOOL_ADDRESS`, which makes a run use a host that is there already: a Playwright that a test starts must start
 * its own.
 */
const variable = 'CARPOOL_PLAYWRIGHT';

/** @param what absent: nothing is provided any more */
export function provide(what?: Provided): void {
  if (what === undefined) delete process.env[variable];
  else process.env[variable] = JSON.stringify(what);
}

/** Each test asks, and the answer seldom changes. */
let read: { readonly text: string; readonly provided: Provided } | undefined;

/** Undefined without the global setup, and where Playwright runs none: `--list`, the test explorer of an editor. */
export function provided(): Provided | undefined {
  const text = process.env[variable];
  if (text === undefined) return undefined;
  if (read?.text !== text) read = { text, provided: JSON.parse(text) as Provided };
  return read.provided;
}

/** The client of this worker. @throws CarpoolError in one sentence that says what to change */
export function connect(pool?: string | false): Client | Promise<Client> {
  const remedy = "add `globalSetup: '@carpool/playwright/global-setup'` to the Playwright config";
  return connectProvided(provided(), { runner: 'playwright', adapter: '@carpool/playwright', version, remedy }, pool);
}

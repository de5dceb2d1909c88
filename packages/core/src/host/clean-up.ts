/** Cleans up after a value of `once`, at the end of its run: the module that the computing test has named is called with it. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/thrown.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { importModule } from '../config/import-module.ts';
import { revive } from '../realm/structured-clone.ts';
import type { OnceValue } from '../ledger/once-values.ts';
import { decodeJsonBody } from '../wire/json-body.ts';
import type { OnceResult } from '../wire/messages.ts';

/** Milliseconds. The values of a run are cleaned up together, and the host has to end. */
const cleanupTimeout = 10_000;

/** Reports on stderr what fails: no test is left that could. */
export async function cleanUp(name: string, { bytes, file, cleanup = '' }: OnceValue): Promise<void> {
  const timeout = cleanupTimeout;
  const expired = (): Error => new Error(`it did not end within ${Math.round(timeout)} ms`);
  try {
    await within(run(cleanup, bytes, file), { clock: systemClock, timeout, expired });
  } catch (thrown) {
    process.stderr.write(
      `carpool: The clean-up of the value ${JSON.stringify(name)} failed: ${messageOf(thrown)} (${cleanup})\n`,
    );
  }
}

async function run(url: string, bytes: Uint8Array, file: string | undefined): Promise<void> {
  const { default: found } = await importModule(url);
  // A module that was compiled to CommonJS has its default export one level deeper.
  const clean = typeof found === 'function' ? found : (found as { default?: unknown } | undefined)?.default;
  if (typeof clean !== 'function') throw new Error('the module has no default export that is a function');
  const { value = '' } = decodeJsonBody(bytes) as OnceResult;
  await (clean as (value: unknown) => unknown)(
    revive(file === undefined ? Buffer.from(value, 'base64') : await readFile(file)),
  );
}

/** Why a run was ended, left beside the place of its socket: a worker that begins later finds no socket there. */
import { writeFileSync } from 'node:fs';
import { toRecord, type CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { endingOf } from '../wire/left-ending.ts';

/** It goes with the folder of the host. */
export function leaveEnding(socket: string, error: CarpoolError): void {
  const file = endingOf(socket);
  if (file === undefined) return;
  try {
    writeFileSync(file, JSON.stringify(toRecord(error)), { mode: 0o600 });
  } catch (thrown) {
    // Its tests fail with less.
    process.stdout.write(`carpool: cannot write ${file}: ${messageOf(thrown)}\n`);
  }
}

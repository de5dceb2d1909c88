/**
 * Why a run or this host was ended, left for a worker that begins later: it finds no socket. That of a run is beside the
 * place of its socket and goes with the folder of the host; that of the host is beside its log, one for all hosts.
 */
import { writeFileSync } from 'node:fs';
import { toRecord, type CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { endedFolder, endingOfHost, endingOfRun } from '../wire/left-ending.ts';

export function leaveEndingOfRun(socket: string, error: CarpoolError): void {
  const file = endingOfRun(socket);
  if (file !== undefined) write(file, toRecord(error));
}

/** @param folder with the sockets of this host */
export function leaveEndingOfHost(log: string, folder: string, error: CarpoolError): void {
  const record = toRecord(error);
  write(endingOfHost(log), { ...record, context: { ...record.context, [endedFolder]: folder } });
}

function write(file: string, record: object): void {
  try {
    writeFileSync(file, JSON.stringify(record), { mode: 0o600 });
  } catch (thrown) {
    // Tests fail with less.
    process.stdout.write(`carpool: cannot write ${file}: ${messageOf(thrown)}\n`);
  }
}

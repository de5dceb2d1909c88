/** Why a run, or the host of the machine, was ended whose sockets are not there any more, as that host has left it. */
import { fromRecord, type CarpoolError, type ErrorRecord } from '../base/errors.ts';

/** `context` of the record of a host: the folder with its sockets. The file is that of the last one that was ended. */
export const endedFolder = 'endedFolder';

/** Where that of a run is. Undefined: a pipe of Windows has no folder. */
export function endingOfRun(socket: string): string | undefined {
  return process.platform === 'win32' ? undefined : `${socket}.ended`;
}

/** Where that of the host of the machine is: beside its log. */
export function endingOfHost(log: string): string {
  return `${log}.ended`;
}

/** Undefined: nothing is left. @param log of the host, where that is the host of this machine */
export function readEnding(socket: string, log: string | undefined): CarpoolError | undefined {
  const run = endingOfRun(socket);
  const ofRun = run === undefined ? undefined : read(run);
  if (ofRun !== undefined || log === undefined) return ofRun;
  const ofHost = read(endingOfHost(log));
  const folder = ofHost?.context[endedFolder];
  return typeof folder === 'string' && socket.startsWith(folder) ? ofHost : undefined;
}

function read(file: string): CarpoolError | undefined {
  // Loaded by those that need it alone.
  const { readFileSync } = process.getBuiltinModule('node:fs');
  try {
    return fromRecord(JSON.parse(readFileSync(file, 'utf8')) as ErrorRecord, { stack: '' });
  } catch {
    return undefined; // there is none: nothing was ended on purpose
  }
}

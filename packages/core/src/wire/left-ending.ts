/** Why a run, or a host, was ended whose sockets are not there any more, as that host, or what has killed it, has left it. */
import { fromRecord, type CarpoolError, type ErrorRecord } from '../base/errors.ts';

/** `context` of the record of a host: the folder with its sockets. The file is that of the last one that was ended. */
export const endedFolder = 'endedFolder';

/** Where that of a run is. Undefined: a pipe of Windows has no folder. */
export function endingOfRun(socket: string): string | undefined {
  return process.platform === 'win32' ? undefined : `${socket}.ended`;
}

/** Where that of the host of a run is: beside the folder with its sockets. Undefined: as above. */
export function endingOfFolder(folder: string): string | undefined {
  return process.platform === 'win32' ? undefined : `${folder}.ended`;
}

/** Where that of the host of the machine is: beside its log. */
export function endingOfHost(log: string): string {
  return `${log}.ended`;
}

/** Undefined: nothing is left. @param log of the host, where that is the host of this machine */
export function readEnding(socket: string, log: string | undefined): CarpoolError | undefined {
  const folder = socket.slice(0, socket.lastIndexOf('/'));
  const ofOwn = read(endingOfRun(socket)) ?? read(endingOfFolder(folder));
  if (ofOwn !== undefined || log === undefined) return ofOwn;
  const ofHost = read(endingOfHost(log));
  return ofHost?.context[endedFolder] === folder ? ofHost : undefined;
}

function read(file: string | undefined): CarpoolError | undefined {
  if (file === undefined) return undefined;
  // Loaded by those that need it alone.
  const { lstatSync, readFileSync } = process.getBuiltinModule('node:fs');
  try {
    // Others may write to the folder.
    const stats = lstatSync(file);
    if (!stats.isFile() || stats.uid !== process.getuid?.()) return undefined;
    return fromRecord(JSON.parse(readFileSync(file, 'utf8')) as ErrorRecord, { stack: '' });
  } catch {
    return undefined; // there is none: nothing was ended on purpose
  }
}

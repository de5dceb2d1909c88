/** Why a run was ended whose socket is not there any more, as its host has left it. */
import { fromRecord, type CarpoolError, type ErrorRecord } from '../base/errors.ts';

/** Where it is. Undefined: a pipe of Windows has no folder. */
export function endingOf(socket: string): string | undefined {
  return process.platform === 'win32' ? undefined : `${socket}.ended`;
}

/** Undefined: nothing is left. */
export function readEnding(socket: string): CarpoolError | undefined {
  const file = endingOf(socket);
  if (file === undefined) return undefined;
  // Loaded by those that need it alone.
  const { readFileSync } = process.getBuiltinModule('node:fs');
  try {
    return fromRecord(JSON.parse(readFileSync(file, 'utf8')) as ErrorRecord, { stack: '' });
  } catch {
    return undefined; // there is none: its run was not ended on purpose
  }
}

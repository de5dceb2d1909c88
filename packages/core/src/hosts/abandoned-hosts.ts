/**
 * Finds the folders of hosts that are gone. Death is proven, never guessed: a folder that only looks old or strange stays.
 *
 *   record of this PID namespace   its process is gone, and its socket does not answer
 *   of another one, of this boot   its socket refuses: on one system, a host that lives accepts connections
 *   of another boot or system      nothing can be proven
 *   no record                      nothing can be proven
 */
import { rmdirSync } from 'node:fs';
import { connect } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { lstatOf } from '../process/files.ts';
import { mayBeRunning, pidSpace } from '../process/identity.ts';
import { hostDirectoryBases, hubSocketIn } from './host-directory.ts';
import { isOfThisPidSpace, readHostRecord, type HostRecord } from './host-record.ts';
import { hostFolders, isPrivate } from './own-folders.ts';

export interface AbandonedHost {
  readonly folder: string;
  readonly record: HostRecord;
  /** Whether pids in its records mean the same processes here. */
  readonly samePids: boolean;
}

/** Milliseconds for a connection on one machine. */
const connectTimeout = 1_000;
/** Milliseconds after a change of the folder, in which its host may be about to listen. */
const settleTime = 5_000;
/** Milliseconds between the making of a folder and its record, at most. */
const makeTime = 60_000;

export async function abandonedHosts(bases: readonly string[] = hostDirectoryBases()): Promise<AbandonedHost[]> {
  return (await Promise.all(hostFolders(bases).map(abandonedHost))).filter((host) => host !== undefined);
}

/** Undefined while it is not proven that its host is gone. */
export async function abandonedHost(folder: string): Promise<AbandonedHost | undefined> {
  const age = ageOf(folder);
  if (age === undefined) return undefined;
  const record = readHostRecord(folder);
  if (record === undefined) {
    if (age > makeTime) removeIfEmpty(folder);
    return undefined;
  }
  const { boot } = pidSpace();
  const samePids = isOfThisPidSpace(record);
  if (samePids && mayBeRunning(record)) return undefined;
  const answer = await answerOf(hubSocketIn(folder));
  const refused = answer === 'ECONNREFUSED';
  const gone = samePids
    ? refused || answer === 'ENOENT'
    : refused && boot !== '' && record.boot === boot && age > settleTime;
  return gone ? { folder, record, samePids } : undefined;
}

/** Milliseconds since its last change. Undefined if it is no private folder of this user. */
function ageOf(folder: string): number | undefined {
  const stats = isPrivate(folder) ? lstatOf(folder) : undefined;
  return stats === undefined ? undefined : Date.now() - stats.mtimeMs;
}

/** Its host was killed before it had written anything; with anything in it `rmdir` fails. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something is in it, which is not ours.
  }
}

/** @returns undefined if it accepts; else the code of the error, or "" */
async function answerOf(path: string): Promise<string | undefined> {
  const socket = connect(path);
  const answered = new Promise<string | undefined>((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });
  const expired = (): Error => new Error('no answer');
  const answer = await within(answered, { clock: systemClock, timeout: connectTimeout, expired }).catch(() => '');
  socket.destroy();
  return answer;
}

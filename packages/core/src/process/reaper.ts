/**
 * No process that we started stays behind. Two last resorts, for children that were not stopped:
 *
 * - this process ends: its `exit` handler kills their groups, synchronously, because nothing else runs any more;
 * - this process was killed: the next host sweeps what the records (pid-files.ts) name.
 *
 * A sweep ends a process only if it is proven to be the recorded one. The leader: same pid and same start time. Where
 * the leader is gone: a member of its group that started no earlier and carries the record's random id in its
 * environment. Only Linux can prove that; elsewhere such a member is left alone.
 */
import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { marker } from './environment.ts';
import { listOrEmpty } from './files.ts';
import { endAll, signalGroup, signalProcess } from './group.ts';
import { type ProcessIdentity, groupMembers, holdsVariable, isRunning, startedNoEarlier } from './identity.ts';
import { type ChildRecord, identityOf, parseRecord, recordName } from './pid-files.ts';
import { killTree } from './taskkill.ts';

// Mutable state of a module, because a process has one `exit`, whichever pool owns a child.
const watched = new Set<number>();

/** Kills the group of `pid` when this process exits. @returns call it when the group is gone */
export function killAtExit(pid: number): () => void {
  if (watched.size === 0) process.on('exit', killWatched);
  watched.add(pid);
  return () => {
    if (watched.delete(pid) && watched.size === 0) process.off('exit', killWatched);
  };
}

function killWatched(): void {
  for (const pid of watched) {
    if (process.platform === 'win32') killTree(pid);
    else signalGroup(pid, 'SIGKILL');
  }
}

export interface SweepOptions {
  readonly clock?: Clock;
  /** Milliseconds after each signal. Defaults: 1 s and 2 s. */
  readonly deadlines?: { readonly terminate: number; readonly kill: number };
}

export interface Swept {
  readonly file: string;
  /**
   * `ended`: it was there and is gone. `gone`: it was gone already. `unproven`: something with its number is there, but
   * nothing proves that it is the recorded child, nor ever will. These three remove the record.
   * `owned`: its host is still running. `foreign`: no record of ours. `unkillable`: still there. These three keep it.
   */
  readonly outcome: 'ended' | 'gone' | 'owned' | 'unproven' | 'foreign' | 'unkillable';
  /** The processes that it is about. */
  readonly pids: readonly number[];
}

/** Ends what a killed host left, by the records in `directory`, all at once. A missing directory counts as empty. */
export async function sweepRecords(directory: string, options: SweepOptions = {}): Promise<Swept[]> {
  const names = listOrEmpty(directory).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map((name) => sweep(join(directory, name), readRecord(directory, name), options)));
}

async function sweep(file: string, record: ChildRecord | undefined, options: SweepOptions): Promise<Swept> {
  if (record === undefined) return { file, outcome: 'foreign', pids: [] };
  if (isRunning(identityOf(record.host))) return { file, outcome: 'owned', pids: [record.pid] };

  const found = provenOf(record);
  const { terminate, kill } = options.deadlines ?? { terminate: 1000, kill: 2000 };
  // A proven leader makes the whole group ours for as long as it is not empty. Without one, each member is proven alone.
  const byGroup = found.some(({ pid }) => pid === record.pid);
  const left = await endAll(
    byGroup ? () => groupMembers(record.pgid) : () => provenOf(record),
    (signal) => {
      if (byGroup) signalGroup(record.pgid, signal);
      else for (const member of provenOf(record)) signalProcess(member, signal);
    },
    { terminate, kill, clock: options.clock ?? systemClock },
  );
  if (left.length > 0) return { file, outcome: 'unkillable', pids: left.map(({ pid }) => pid) };
  rmSync(file, { force: true });
  if (found.length > 0) return { file, outcome: 'ended', pids: found.map(({ pid }) => pid) };
  const suspects = record.startTime === null && exists(record.pid) ? [record] : groupMembers(record.pgid);
  return { file, outcome: suspects.length > 0 ? 'unproven' : 'gone', pids: suspects.map(({ pid }) => pid) };
}

/** The members of the recorded group of which it is certain that they are the recorded child or its descendants. */
function provenOf(record: ChildRecord): ProcessIdentity[] {
  const { pid, startTime, pgid, id } = record;
  if (startTime === null) return [];
  const members = groupMembers(pgid);
  if (members.some((member) => member.pid === pid && member.startTime === startTime)) return members;
  return members.filter(
    (member) => startedNoEarlier(member.startTime, startTime) && holdsVariable(member.pid, marker, id),
  );
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readRecord(directory: string, name: string): ChildRecord | undefined {
  const id = recordName.exec(name)?.[1];
  if (id === undefined) return undefined;
  try {
    const file = join(directory, name);
    const stats = lstatSync(file);
    // A link, or another user's file, in a directory that should be ours alone: it proves nothing.
    const ours = stats.isFile() && stats.size < 64 * 1024 && (process.getuid?.() ?? stats.uid) === stats.uid;
    return ours ? parseRecord(readFileSync(file, 'utf8'), id) : undefined;
  } catch {
    return undefined;
  }
}

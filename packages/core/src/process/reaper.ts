/**
 * No process that we started stays behind. Two last resorts, for children that were not stopped:
 *
 * - this process ends: its `exit` handler kills their groups, synchronously, because nothing else runs any more;
 * - this process was killed: the next host sweeps what the records (pid-files.ts) name.
 *
 * A sweep ends a process only if it is proven to be the recorded one. The leader: same pid and same start time. Any other,
 * wherever it has gone: it started no earlier and carries the record's random id in its environment (marked.ts).
 */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { listOrEmpty, removeIfAllowed } from './files.ts';
import { endAll, signalGroup, signalProcess } from './group.ts';
import { type ProcessIdentity, exists, groupMembers, isRunning, startedNoEarlier } from './identity.ts';
import { endMarked, findMarked, findMarkedNow } from './marked.ts';
import { type ChildRecord, identityOf, parseRecord, recordName } from './pid-files.ts';
import { killTree } from './taskkill.ts';

// Mutable state of a module, because a process has one `exit`, whichever pool owns a child.
const watched = new Map<number, string>();
const folders = new Set<string>();

/** Kills the group of `pid`, and what carries `mark`, when this process exits. @returns call it when they are gone */
export function killAtExit(pid: number, mark: string): () => void {
  if (watched.size === 0) process.on('exit', killWatched);
  watched.set(pid, mark);
  return () => {
    if (watched.delete(pid) && watched.size === 0) process.off('exit', killWatched);
  };
}

/** Removes a folder when this process exits, after what it has started has been killed. @returns call it when it is gone */
export function removeAtExit(folder: string): () => void {
  if (folders.size === 0) process.on('exit', removeFolders);
  folders.add(folder);
  return () => {
    if (folders.delete(folder) && folders.size === 0) process.off('exit', removeFolders);
  };
}

function removeFolders(): void {
  killWatched();
  // What is not allowed stays for the next sweep of a host.
  for (const folder of folders) removeIfAllowed(folder, { recursive: true, maxRetries: 3 });
}

function killWatched(): void {
  for (const pid of watched.keys()) {
    if (process.platform === 'win32') killTree(pid);
    else signalGroup(pid, 'SIGKILL');
  }
  const marked = findMarkedNow();
  for (const mark of watched.values()) {
    for (const descendant of marked.get(mark) ?? []) signalProcess(descendant, 'SIGKILL');
  }
}

export interface SweepOptions {
  readonly clock?: Clock;
  /** Milliseconds after each signal. Defaults: 1 s and 2 s. */
  readonly deadlines?: { readonly terminate: number; readonly kill: number };
  /** Whether pids mean the same processes here as for the host that wrote the records. Default true. */
  readonly samePids?: boolean;
}

export interface Swept {
  readonly file: string;
  /**
   * `ended`: it was there and is gone. `gone`: it was gone already. `unproven`: something with its number is there, but
   * nothing proves that it is the recorded child, nor ever will. These three remove the record.
   * `owned`: its host is still running. `foreign`: no record of ours. `unkillable`: still there. `elsewhere`: it may run
   * where this process cannot see it. These four keep it.
   */
  readonly outcome: 'ended' | 'gone' | 'owned' | 'unproven' | 'foreign' | 'unkillable' | 'elsewhere';
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
  const { samePids = true } = options;
  if (samePids && isRunning(identityOf(record.host))) return { file, outcome: 'owned', pids: [record.pid] };

  const members = samePids ? membersOf(record) : [];
  const outside = (await markedOf(record)).filter(({ pid }) => !members.some((member) => member.pid === pid));
  const found = [...members, ...outside].map(({ pid }) => pid);
  const { terminate, kill } = options.deadlines ?? { terminate: 1000, kill: 2000 };
  const ending = { terminate, kill, clock: options.clock ?? systemClock };
  // A proven leader makes the whole group ours for as long as it is not empty.
  const inGroup = (): ProcessIdentity[] => (members.length > 0 ? groupMembers(record.pgid) : []);
  const leftInGroup = await endAll(inGroup, (signal) => signalGroup(record.pgid, signal), ending);
  const leftOutside =
    outside.length > 0 ? await endMarked(record.id, { since: record.startTime ?? undefined, ...ending }) : [];
  const left = [...leftInGroup, ...leftOutside];
  if (left.length > 0) return { file, outcome: 'unkillable', pids: left.map(({ pid }) => pid) };
  if (found.length === 0 && !samePids) return { file, outcome: 'elsewhere', pids: [] };
  // A record that stays is harmless: the next sweep finds nothing of it.
  removeIfAllowed(file);
  if (found.length > 0) return { file, outcome: 'ended', pids: found };
  const suspects = record.startTime === null && exists(record.pid) ? [record] : groupMembers(record.pgid);
  return { file, outcome: suspects.length > 0 ? 'unproven' : 'gone', pids: suspects.map(({ pid }) => pid) };
}

/** The group of the recorded leader, if that one is running; its processes are certainly the child and its descendants. */
function membersOf({ pid, startTime, pgid }: ChildRecord): ProcessIdentity[] {
  if (startTime === null) return [];
  const members = groupMembers(pgid);
  return members.some((member) => member.pid === pid && member.startTime === startTime) ? members : [];
}

/** What carries the mark of the record. */
async function markedOf({ id, startTime }: ChildRecord): Promise<ProcessIdentity[]> {
  if (startTime === null) return [];
  const marked = (await findMarked()).get(id) ?? [];
  return marked.filter((facts) => startedNoEarlier(facts.startTime, startTime));
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

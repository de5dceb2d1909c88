/** A recorded run as text: what its pools and leases have waited for, and what sharing has saved. Pure. */
import { relative } from 'node:path';
import { nameOf } from '../../base/holder-label.ts';
import type { SavedStarts } from '../../base/saved-starts.ts';
import { startOf, type ChildEvent, type LeaseEvent, type SessionEvent } from '../../base/timeline.ts';
import { line } from '../ps/lines.ts';
import { count } from '../ps/units.ts';
import type { LeaseReport, PoolReport, RunReport, Spread } from '../../report/analyse.ts';
import type { RecordedRun } from '../../report/recorded-run.ts';

/** Children and leases that are shown. */
const most = 5;

/** @param width columns of the terminal; Infinity: each line stays one */
export function runText(run: RecordedRun, { pools, leases }: RunReport, width: number): string {
  const { runner, folder, pid, zero } = run.header;
  const lines: string[] = [];
  const add = (level: number, text: string): void => void lines.push(line(level, text, width));
  const when = new Date(zero).toISOString().slice(0, 19).replace('T', ' ');
  add(
    0,
    `run${runner === undefined ? '' : ` of ${runner}`} in ${folder}, ${when} UTC, ${time(run.duration)}, host ${pid}`,
  );
  if (!run.ended) add(1, 'its host goes on, or was killed: what was open then is missing');
  if (run.dropped > 0) add(1, `${count(run.dropped, 'event')} did not fit into its file, and are missing`);
  for (const pool of pools) addPool(pool, (level, text) => add(level + 1, text), folder);
  for (const lease of leases.slice(0, most)) addLease(lease, (level, text) => add(level + 1, text), folder);
  if (leases.length > most)
    add(1, `and ${count(leases.length - most, 'other lock or value', 'other locks and values')}`);
  if (pools.length + leases.length === 0) add(1, 'no test had a session or a lock');
  return `${lines.join('\n')}\n`;
}

type Add = (level: number, text: string) => void;

function addPool(
  { name, sessions, without, peak, waits, opens, lives, unconfirmed, children, saved }: PoolReport,
  add: Add,
  folder: string,
): void {
  const parts = [
    count(sessions, 'session'),
    `on ${count(children.length, 'child', 'children')}`,
    `at most ${peak} at a time`,
  ];
  add(0, `pool ${name}: ${parts.slice(0, 2).join(' ')}, ${parts[2]}`);
  if (without > 0) add(1, `${count(without, 'call')} got no session`);
  if (unconfirmed > 0) add(1, `the end of ${count(unconfirmed, 'session')} was not confirmed`);
  if (waits !== undefined) add(1, spreadText(`${waits.some} waited for a slot`, waits, folder));
  if (opens !== undefined) add(1, spreadText(`${sessions} were opened, with the start of their child`, opens, folder));
  if (lives !== undefined) add(1, spreadText(`${sessions} held their slot`, lives, folder));
  for (const child of children.slice(0, most)) add(1, childText(child));
  if (children.length > most) add(1, `and ${count(children.length - most, 'other child', 'other children')}`);
  if (saved !== undefined) add(1, savedText(saved));
}

function addLease(
  { name, kind, granted, without, deadlocks, waits, holds }: LeaseReport,
  add: Add,
  folder: string,
): void {
  add(
    0,
    `${kind} ${JSON.stringify(name)}: granted ${count(granted, 'time')}${without > 0 ? `, ${count(without, 'call')} got none` : ''}`,
  );
  for (const cycle of deadlocks.slice(0, most)) add(1, `a deadlock: ${cycle.join('; ')}`);
  if (deadlocks.length > most) add(1, `and ${count(deadlocks.length - most, 'other deadlock')}`);
  if (waits !== undefined && waits.some > 0) add(1, spreadText(`${waits.some} waited`, waits, folder));
  if (holds !== undefined) add(1, spreadText(`${granted} held it`, holds, folder));
}

function spreadText(
  what: string,
  { p50, p95, longest, of }: Spread<SessionEvent | LeaseEvent>,
  folder: string,
): string {
  const who = nameOf(inFolder(of, folder), 'a test');
  return `${what}: p50 ${time(p50)}, p95 ${time(p95)}, longest ${time(longest)}: ${who}`;
}

function childText(child: ChildEvent): string {
  const { pid, since, ready, over, sessions, failure, goesOn } = child;
  const name = pid === undefined ? 'a child' : `child ${pid}`;
  if (ready === undefined)
    return `${name}: not ready after ${time(over - since)}${failure === undefined ? '' : `: ${failure}`}`;
  const end = failure === undefined ? `ended by its pool after` : 'after';
  const after = `${goesOn === true ? 'goes on after' : end} ${time(over - since)}`;
  const was = since < 0 ? 'was there before the run, ' : '';
  const why = failure === undefined ? '' : `: ${failure}`;
  const start = startOf(child);
  const readyAfter = start === undefined ? '' : `ready after ${time(start)}, `;
  return `${name}: ${was}${readyAfter}${count(sessions, 'session')}, ${after}${why}`;
}

function savedText({ files, starts, start, time: saved }: SavedStarts): string {
  const beside = `${count(starts, 'start')} of ${time(start)} for ${count(files, 'test file')}`;
  return saved > 0
    ? `${beside}: one for each file would have taken ${time(saved)} more`
    : `${beside}: sharing has saved no start`;
}

function inFolder(
  event: SessionEvent | LeaseEvent,
  folder: string,
): Pick<LeaseEvent, 'test' | 'file' | 'shard' | 'takenAt'> {
  const { test, file, shard } = event;
  const takenAt = 'takenAt' in event ? event.takenAt : undefined;
  return { test, file: file && shortened(file, folder), shard, takenAt: takenAt && shortened(takenAt, folder) };
}

function shortened(path: string, folder: string): string {
  const inside = relative(folder, path);
  return inside.startsWith('..') ? path : inside;
}

function time(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

/** What the tests of the three runners do, whose sessions are on several hosts. They note what they see for the suite. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { env, kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Session } from 'carpool';

/** A line of `placed.jsonl`. */
export interface Note {
  readonly file: string;
  /** `has`: a session; `asks` for what is not answered; `went on` after a host was killed; `next`: another session. */
  readonly event: 'has' | 'asks' | 'went on' | 'next';
  /** Of the child: its folder names the machine. */
  readonly folder: string;
  readonly pid: number;
}

type Child = Pick<Note, 'folder' | 'pid'>;
type Handle = Pick<Session, 'request'>;

const log = 'placed.jsonl';

/** Holds a session until others have one, too, and one of their hosts was killed. @param all of those that hold one */
export async function hold(session: Handle, file: string, all: number): Promise<void> {
  const child = await childOf(session);
  note({ file, event: 'has', ...child });
  await noted('has', all);
  if (child.folder === env['KILLED']) {
    const reply = session.request({ type: 'silence' });
    note({ file, event: 'asks', ...child });
    await reply;
    return;
  }
  await noted('asks', 1);
  const pid = Number(env['KILLED_PID']);
  if (child.folder === env['KEPT']) kill(pid, 'SIGKILL');
  while (isThere(pid)) await pause(20);
  note({ file, event: 'went on', ...(await childOf(session)) });
}

/** Has a session, and notes where. */
export async function visit(session: Handle, file: string): Promise<void> {
  note({ file, event: 'next', ...(await childOf(session)) });
}

async function childOf(session: Handle): Promise<Child> {
  const { folder, pid } = (await session.request({ type: 'where' })) as Child;
  return { folder, pid };
}

/** Processes of the runner write notes, and send no message about it. */
async function noted(event: Note['event'], count: number): Promise<void> {
  while (notes().filter((one) => one.event === event).length < count) await pause(20);
}

function notes(): Note[] {
  // What follows the last newline is being written.
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as Note);
}

function note(one: Note): void {
  appendFileSync(log, `${JSON.stringify(one)}\n`);
}

function isThere(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}

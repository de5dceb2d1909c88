/** Whether a child computes or waits: what tells one in an endless loop from one that has not understood a message. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { listOrEmpty } from './files.ts';
import { groupMembers } from './identity.ts';

/** A thread, or where the system shows none, a process → the letter of its state, as `ps` has it. */
export type States = ReadonlyMap<string, string>;

const stopped = 'the process of the child is stopped, by a signal or a debugger';
const looks = 3;
/** Milliseconds between two. What waits for this may have little time left. */
const between = 3;

/**
 * Half a sentence on a process group; `undefined` where the system does not show it, or it is neither.
 * @param silence what is said instead, unless it is stopped: of one that may still be starting, to wait or to compute is no fault
 */
export async function describeDoing(group: number, silence?: string): Promise<string | undefined> {
  if (process.platform === 'win32') return silence;
  const members = process.platform === 'linux' ? groupMembers(group).map(({ pid }) => pid) : [];
  const seen: States[] = [];
  for (let look = 0; look < looks; look++) {
    if (look > 0) await pause(between);
    seen.push(process.platform === 'linux' ? threadsOf(members) : parsePs(ps(), group));
  }
  const found = judge(seen);
  return found === stopped ? found : (silence ?? found);
}

/** Exported for its test. @param seen one after the other */
export function judge([first = new Map(), ...later]: readonly States[]): string | undefined {
  const states = [...first];
  if (states.length === 0) return undefined;
  const always = (letters: RegExp, [thread, state]: readonly [string, string]): boolean =>
    letters.test(state) && later.every((look) => letters.test(look.get(thread) ?? ''));
  if (states.some((one) => always(/^T/i, one))) return stopped;
  if (states.some((one) => always(/^R/, one)))
    return 'the process of the child computes without a pause, as in an endless loop';
  if (states.every((one) => always(/^[SI]/, one)) && later.every(({ size }) => size === states.length))
    return 'the process of the child is idle, it waits for something';
  return undefined;
}

function threadsOf(members: readonly number[]): States {
  const threads = members.flatMap((pid) => listOrEmpty(`/proc/${pid}/task`).map((thread) => `${pid}/task/${thread}`));
  return new Map(threads.flatMap(stateOf));
}

function stateOf(thread: string): [string, string][] {
  try {
    const stat = readFileSync(`/proc/${thread}/stat`, 'latin1');
    // The name, in brackets, may hold anything; the state follows it.
    return [[thread, stat.charAt(stat.lastIndexOf(')') + 2)]];
  } catch {
    // It has ended.
    return [];
  }
}

function ps(): string {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,pgid=,state='], { encoding: 'utf8', timeout: 5000 });
  // Null where there is no `ps`.
  return (stdout as string | null) ?? '';
}

/** Exported for its test: lines as `  501   500 Ss`. */
export function parsePs(text: string, group: number): States {
  const lines = text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)/gm);
  return new Map(
    [...lines].flatMap(([, pid = '', of, state = '']) => (Number(of) === group ? [[pid, state] as const] : [])),
  );
}

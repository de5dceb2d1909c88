/**
 * The processes that carry the mark of a child or of a host, wherever they have gone: a descendant in a session of its own
 * has left the group, but not its environment. Only the environment that a process was started with counts. Linux shows it
 * in `/proc`, macOS in `ps -E`, of programs that are not the system's own. Elsewhere nothing is found.
 *
 * A scan reads one file for each process of the machine, 15 to 200 µs each, so it is made at the end of a child or host
 * alone, and the children that end together share one.
 */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setImmediate } from '../base/natives.ts';
import { hostMarker, marker } from './environment.ts';
import { listOrEmpty } from './files.ts';
import { type Ending, type EndSignal, endAll, signalProcess } from './group.ts';
import { factsOf, isRunning, parsePsLine, startedNoEarlier, type ProcessFacts } from './identity.ts';

/** Processes by the mark that they carry. This process is left out, and zombies are. */
export type Marked = ReadonlyMap<string, readonly ProcessFacts[]>;

const { platform } = process;
/** Milliseconds of a scan between two turns of the event loop. */
const slice = 2;
const psArguments = ['-A', '-E', '-ww', '-o', 'pid=,pgid=,state=,lstart=,command='];
const psOptions = { env: { ...process.env, LC_ALL: 'C', TZ: 'UTC0' }, timeout: 5_000, maxBuffer: 64 * 1024 * 1024 };

/** pid, pgid, state, lstart: `  501   500 Ss   Fri Nov 21 09:30:00 2025`. */
const psColumns = /^\s*\d+\s+\d+\s+\S+\s+\S+\s+\S+\s+\d+\s+[\d:]+\s+\d{4}(?=\s)/;

let running: Promise<Marked> | undefined;
let next: Promise<Marked> | undefined;

/** What is there after this call. All calls that wait for the same scan get the same one. */
export function findMarked(): Promise<Marked> {
  if (running === undefined) return start();
  // The one that runs may have passed what was started since.
  return (next ??= running.then(() => {
    next = undefined;
    return start();
  }));
}

function start(): Promise<Marked> {
  const scan = scanned().finally(() => {
    if (running === scan) running = undefined;
  });
  running = scan;
  return scan;
}

async function scanned(): Promise<Marked> {
  if (platform === 'darwin') return markedIn(await outputOfPs());
  const found = new Collection();
  let since = performance.now();
  for (const pid of pidsInProc()) {
    found.look(pid);
    if (performance.now() - since < slice) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    since = performance.now();
  }
  return found.marked;
}

/** As `findMarked`, for the `exit` handler, after which nothing else runs. */
export function findMarkedNow(): Marked {
  if (platform === 'darwin') return markedIn((spawnSync('ps', psArguments, psOptions).stdout as Buffer | null) ?? '');
  const found = new Collection();
  for (const pid of pidsInProc()) found.look(pid);
  return found.marked;
}

/** Exported for its test: the output of `ps -E`, whose last column is the command and, after it, its environment. */
export function markedIn(output: Buffer | string): Marked {
  const found = new Collection();
  for (const line of String(output).split('\n')) {
    const marks = marksIn(line.split(' '));
    const facts = marks.length === 0 ? undefined : parsePsLine(psColumns.exec(line)?.[0] ?? '');
    if (facts !== undefined) found.add(marks, facts);
  }
  return found.marked;
}

export interface EndMarkedOptions extends Ending {
  /** The start time of the process that was given the mark: what started earlier is something else. */
  readonly since: string | undefined;
}

/** How often it looks for what was started while the rest was being ended. */
const rounds = 3;

/** Ends all that carries the mark. @returns what is left */
export async function endMarked(mark: string, { since, ...ending }: EndMarkedOptions): Promise<ProcessFacts[]> {
  if (since === undefined) return [];
  for (let round = 1; ; round++) {
    const found = ((await findMarked()).get(mark) ?? []).filter(({ startTime }) => startedNoEarlier(startTime, since));
    if (found.length === 0 || round > rounds) return found;
    const signal = (name: EndSignal): void => found.forEach((one) => signalProcess(one, name));
    const left = await endAll(() => found.filter(isRunning), signal, ending);
    if (left.length > 0) return found.filter(isRunning);
  }
}

class Collection {
  readonly marked = new Map<string, ProcessFacts[]>();

  look(pid: number): void {
    const marks = marksIn(environmentOf(pid));
    const facts = marks.length === 0 ? undefined : factsOf(pid);
    if (facts !== undefined) this.add(marks, facts);
  }

  add(marks: readonly string[], facts: ProcessFacts): void {
    if (facts.zombie || facts.pid === process.pid) return;
    for (const mark of marks) {
      const same = this.marked.get(mark);
      if (same === undefined) this.marked.set(mark, [facts]);
      else same.push(facts);
    }
  }
}

/** The marks are random: it does not matter which variable one was found in. */
const variables = [`${marker}=`, `${hostMarker}=`];

function marksIn(entries: readonly string[]): string[] {
  return variables.flatMap((name) => entries.find((entry) => entry.startsWith(name))?.slice(name.length) ?? []);
}

function environmentOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/environ`, 'latin1');
    return variables.some((name) => text.includes(name)) ? text.split('\0') : [];
  } catch {
    return []; // another user's, or gone
  }
}

function pidsInProc(): number[] {
  if (platform !== 'linux') return [];
  return listOrEmpty('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function outputOfPs(): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', psArguments, { ...psOptions, encoding: 'utf8' }, (_, stdout) => resolve(stdout));
  });
}

/**
 * What must hold of several runs on one machine, of which some were killed: shown from their journal and their results alone.
 *
 *   held      from the line after it was given to the line before it is given back: in truth it is held for longer
 *   killed    what has no such end was held until its process was killed, or else wrote its last line. A run whose main process
 *             gets a signal that ends it holds nothing for certain from then on, though its workers may go on for a moment
 *   host      what the host of the machine keeps is lost when it is killed, for the runs that it served
 */
import type { Held, Killed, Line } from './journal.ts';
import type { RunEnd } from './run.ts';

export interface Evidence {
  readonly lines: readonly Line[];
  readonly ends: readonly RunEnd[];
  /** Tests of a run. */
  readonly tests: number;
}

/** A sentence for each fault. */
export function faultsIn({ lines, ends, tests }: Evidence): string[] {
  return [
    ...heldTwice(lines),
    ...valuesThatDiffer(lines),
    ...notTold(lines),
    ...nothingShared(lines),
    ...ends.flatMap((end) => faultsOf(end, lines, tests)),
  ];
}

/** Where the host of the machine was killed, and the runs that had come until then. */
function lossOf(lines: readonly Line[]): { readonly at: number; readonly runs: ReadonlySet<string> } {
  const at = lines.findIndex((line) => line.event === 'kills' && line.how === 'host');
  if (at < 0) return { at: Infinity, runs: new Set() };
  return { at, runs: new Set(lines.slice(0, at).map(({ run }) => run)) };
}

interface Hold {
  readonly line: Held;
  readonly from: number;
  /** The place of the last line at which it is certainly held. */
  readonly to: number;
}

function holdsIn(lines: readonly Line[]): Hold[] {
  const loss = lossOf(lines);
  const ends = new Map<string, number>();
  /** Of processes, and of runs. */
  const killed = new Map<number | string, number>();
  const lasts = new Map<number, number>();
  for (const [at, line] of lines.entries()) {
    if (line.event === 'lets go') ends.set(line.hold, at);
    if (line.event !== 'kills') lasts.set(line.pid, at);
    else killed.set(endsRun(line) ? line.run : line.pid, at);
  }
  return lines.flatMap((line, from) => {
    if (line.event !== 'holds') return [];
    const end = ends.get(line.hold) ?? killed.get(line.pid) ?? lasts.get(line.pid) ?? from;
    const lost = loss.runs.has(line.run) ? loss.at : Infinity;
    const to = Math.min(end, killed.get(line.run) ?? Infinity, lost);
    // What was given before and is written after that is held no more.
    return to < from ? [] : [{ line, from, to }];
  });
}

function endsRun({ how }: Killed): boolean {
  return how === 'SIGKILL' || how === 'SIGINT' || how === 'SIGTERM';
}

function heldTwice(lines: readonly Line[]): string[] {
  const faults: string[] = [];
  let held: Hold[] = [];
  for (const hold of holdsIn(lines)) {
    held = [...held.filter(({ to }) => to > hold.from), hold];
    for (const what of hold.line.what) {
      const holders = held.filter(({ line }) => line.what.includes(what));
      const sum = holders.reduce((weight, { line }) => weight + line.weight, 0);
      if (sum <= hold.line.of) continue;
      const places = holders.map(({ line, from, to }) => `${line.run} (${line.pid}), lines ${from + 1} to ${to + 1}`);
      faults.push(`${sum} of ${hold.line.of} of ${what} are held at once: ${places.join('; ')}`);
    }
  }
  return faults;
}

/** A value is that of all runs as long as one of those that have it goes on. */
function valuesThatDiffer(lines: readonly Line[]): string[] {
  const loss = lossOf(lines);
  /** The line until which a run certainly goes on. */
  const lasts = new Map<string, number>();
  for (const [at, line] of lines.entries()) if (line.event !== 'kills') lasts.set(line.run, at);
  for (const [at, line] of lines.entries())
    if (line.event === 'kills' && endsRun(line)) lasts.set(line.run, Math.min(at, lasts.get(line.run) ?? at));
  const faults: string[] = [];
  const known: { readonly run: string; readonly what: string; readonly value: string; readonly at: number }[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.event !== 'got') continue;
    const { run, what, value } = line;
    // Another host knows nothing of what the first one kept.
    const comparable = known.filter((one) => one.what === what && (at < loss.at || !loss.runs.has(one.run)));
    const other = comparable.find((one) => one.value !== value && (lasts.get(one.run) ?? 0) > at);
    if (other !== undefined && !(at > loss.at && loss.runs.has(run)))
      faults.push(`${run} got ${value} for ${what} at line ${at + 1}, while ${other.run} had ${other.value}`);
    known.push({ run, what, value, at });
  }
  return faults;
}

/** Whoever holds what is lost hears of it. */
function notTold(lines: readonly Line[]): string[] {
  return lines.flatMap((line, at) =>
    line.event === 'told' && (line.code !== 'LEASE_LOST' || line.held)
      ? [
          `${line.run} (${line.pid}) was told ${line.code ?? 'nothing'} of a lost lease, held: ${line.held}, line ${at + 1}`,
        ]
      : [],
  );
}

/** Else the runs had nothing to do with each other, and all the rest shows nothing. Their host may be killed before. */
function nothingShared(lines: readonly Line[]): string[] {
  if (lossOf(lines).at < lines.length) return [];
  const held = lines.filter((line) => line.event === 'holds' && line.child !== undefined) as readonly Held[];
  const runs = Map.groupBy(held, ({ child }) => child);
  const shared = [...runs.values()].some((holds) => new Set(holds.map(({ run }) => run)).size > 1);
  return shared ? [] : ['no child has served two runs'];
}

function faultsOf({ name, code, signal, tests, output }: RunEnd, lines: readonly Line[], wanted: number): string[] {
  const kills = lines.filter((line) => line.event === 'kills');
  if (kills.some(({ run }) => run === name)) return [];
  const hostKilled = kills.some(({ how }) => how === 'host');
  const failed = tests.filter(({ status }) => status === 'failed');
  const words = wordsOf(kills);
  const faults = failed
    .filter(({ messages }) => !words.some((word) => messages.join('\n').includes(`[${word}]`)))
    .map(({ title, messages }) => `${name}: "${title}" has failed: ${messages.join('\n')}`);
  if (hostKilled) return faults;
  const passed = tests.filter(({ status }) => status === 'passed');
  if (passed.length + failed.length !== wanted || (failed.length === 0) !== (code === 0))
    faults.push(
      `${name}: ${passed.length} of ${wanted} passed, ${failed.length} failed, it ended with ${signal ?? code}: ${output}`,
    );
  const concerned = concernedIn(name, lines);
  for (const { title } of failed)
    if (!concerned.has(title)) faults.push(`${name}: "${title}" had nothing to do with the child that was killed`);
  return faults;
}

/** What a test may fail with, where what all runs share was killed. */
function wordsOf(kills: readonly Killed[]): string[] {
  const words = { child: ['CHILD_EXITED'], host: ['HUB_LOST', 'LEASE_LOST'] };
  return kills.flatMap(({ how }) => (how === 'child' || how === 'host' ? words[how] : []));
}

/** The tests of a run that went on when a child was killed: they may have had a session of it. */
function concernedIn(run: string, lines: readonly Line[]): Set<string> {
  const kill = lines.findIndex((line) => line.event === 'kills' && line.how === 'child');
  const tests = new Set<string>();
  for (const line of lines.slice(0, Math.max(0, kill))) {
    if (line.run !== run) continue;
    if (line.event === 'begins') tests.add(line.test);
    if (line.event === 'passes' || line.event === 'fails') tests.delete(line.test);
  }
  return tests;
}

/**
 * What must hold of shards on several machines, of which some were killed or cut off: shown from their journal alone.
 *
 *   held     from the line after it was given to the line before it is given back, or to where its test is told that it is
 *            lost, or to where its process is killed. In truth it is held for longer
 *   concerned  a fault concerns its shards, or all, from its line to the next `well`
 */
import { Sessions } from './check-sessions.ts';
import type { Fault, Held, Line } from './journal.ts';
import { kills, windowsIn } from './windows.ts';

/**
 * What a test may fail with that a fault concerns; a process that was killed says nothing. Beside what sessions on other
 * machines bring.
 */
const causes: Readonly<Record<Fault['how'], readonly string[]>> = {
  shard: [],
  machine: [],
  host: ['HUB_LOST', 'LEASE_LOST'],
  'offering host': [],
  cut: ['LEASE_LOST', 'REACH_UNAVAILABLE'],
  node: ['LEASE_LOST', 'REACH_UNAVAILABLE'],
  leader: ['LEASE_LOST', 'REACH_UNAVAILABLE'],
  'cut node': ['LEASE_LOST', 'REACH_UNAVAILABLE'],
};

/** A sentence for each that is wrong. */
export function faultsIn(lines: readonly Line[]): string[] {
  return [
    ...heldTwice(lines),
    ...fencesThatFall(lines),
    ...valuesThatDiffer(lines),
    ...wrongEnds(lines),
    ...notTold(lines),
    ...nothingShared(lines),
    ...notGivenBack(lines),
    ...new Sessions(lines).faults(),
  ];
}

function heldTwice(lines: readonly Line[]): string[] {
  const ends = new Map<string, number>();
  const killed = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    if (line.event === 'lets go' || line.event === 'told') ends.set(line.hold, at);
    if (line.event === 'fault' && kills(line)) for (const shard of line.shards ?? []) killed.set(shard, at);
  }
  const wrong: string[] = [];
  let held: { readonly line: Held; readonly from: number; readonly to: number }[] = [];
  for (const [from, line] of lines.entries()) {
    if (line.event !== 'holds') continue;
    const to = ends.get(line.hold) ?? killed.get(line.shard) ?? Infinity;
    // It was given before its process was killed, and written after that.
    if (to < from) continue;
    held = [...held.filter((other) => other.to > from), { line, from, to }];
    for (const what of line.what) {
      const holders = held.filter((other) => other.line.what.includes(what));
      const sum = holders.reduce((weight, other) => weight + other.line.weight, 0);
      if (sum <= line.of) continue;
      const places = holders.map((one) => `${one.line.hold}, lines ${one.from + 1} to ${one.to + 1}`);
      wrong.push(`${sum} of ${line.of} of ${what} are held at once: ${places.join('; ')}`);
    }
  }
  return wrong;
}

/** Of what one may have at a time; permits that are held together may have one fence, and be written down in any order. */
function fencesThatFall(lines: readonly Line[]): string[] {
  const last = new Map<string, Held>();
  let bucket: string | undefined;
  return lines.flatMap((line, at) => {
    if (line.event !== 'holds') return [];
    const wrong: string[] = [];
    bucket ??= line.bucket;
    // Replicas that are current never lose it together.
    if (line.bucket !== bucket) wrong.push(`line ${at + 1}: the bucket ${bucket} was lost, and ${line.bucket} made`);
    bucket = line.bucket;
    for (const what of line.of === 1 ? line.what : []) {
      const before = last.get(what);
      last.set(what, line);
      if (before?.bucket === line.bucket && before.revision >= line.revision)
        wrong.push(`line ${at + 1}: the fence of ${what} has fallen from ${before.revision} to ${line.revision}`);
    }
    return wrong;
  });
}

function valuesThatDiffer(lines: readonly Line[]): string[] {
  const known = new Map<string, string>();
  return lines.flatMap((line, at) => {
    if (line.event !== 'got') return [];
    const before = known.get(line.what) ?? line.value;
    known.set(line.what, before);
    return before === line.value ? [] : [`line ${at + 1}: ${line.what} is ${line.value}, and was ${before}`];
  });
}

function concerns({ shards }: Fault, shard: string): boolean {
  return shards?.includes(shard) ?? true;
}

/** Who fails, and with what; who says nothing. */
function wrongEnds(lines: readonly Line[]): string[] {
  const windows = windowsIn(lines);
  const sessions = new Sessions(lines);
  const began = new Map<string, number>();
  const open = new Map<string, string>();
  const wrong: string[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.event === 'starts') open.set(line.shard, 'its end');
    if (line.event === 'begins') {
      began.set(line.shard, at);
      open.set(line.shard, `test ${line.test}`);
    }
    if (line.event === 'passes' || line.event === 'fails') open.set(line.shard, 'its end');
    if (line.event === 'ends') open.delete(line.shard);
    if (line.event !== 'fails') continue;
    const from = began.get(line.shard) ?? at;
    const now = windows.filter((window) => window.from < at && from < window.to).map(({ fault }) => fault);
    const concerned = now.filter((fault) => concerns(fault, line.shard));
    const allowed = concerned.flatMap(({ how }) => causes[how]);
    const mayFail = (code: string, number: number): boolean =>
      allowed.includes(code) || (code === 'HUB_LOST' && sessions.mayLose(line, line.words[number] ?? '', now));
    if (line.codes.length > 0 && line.codes.every(mayFail)) continue;
    const faults = now.map((fault) => `${fault.how}${concerned.includes(fault) ? '' : ' of others'}`).join(', ');
    wrong.push(
      `line ${at + 1}: test ${line.test} of ${line.shard} has failed with ${line.codes.join(', ')} (${line.words.join('; ')}), faults: ${faults || 'none'}`,
    );
  }
  const killed = new Set(windows.flatMap(({ fault }) => (kills(fault) ? (fault.shards ?? []) : [])));
  for (const [shard, what] of open) if (!killed.has(shard)) wrong.push(`${shard} says nothing of ${what}`);
  return wrong;
}

/** What was held when its host or its machine was lost: its test must fail, and another one must get the same. */
function notTold(lines: readonly Line[]): string[] {
  return windowsIn(lines).flatMap(({ fault, from, to }) => {
    const { hold, how } = fault;
    if (hold === undefined) return [];
    const held = lines.find((line): line is Held => line.event === 'holds' && line.hold === hold);
    if (held === undefined) return [`the fault in line ${from + 1} names ${hold}, which nobody has held`];
    const wrong: string[] = [];
    const again = lines
      .slice(from, to)
      .some((line) => line.event === 'holds' && line.what[0] === held.what[0] && line.hold !== hold);
    if (!again) wrong.push(`nobody has got ${held.what.join(', ')} after ${how} in line ${from + 1}`);
    if (kills(fault)) return wrong;
    if (!lines.some((line) => line.event === 'told' && line.hold === hold))
      wrong.push(`${hold} was not told of ${how} in line ${from + 1}`);
    const fails = lines.some(
      (line) =>
        line.event === 'fails' &&
        line.shard === held.shard &&
        line.test === held.test &&
        line.codes.includes('LEASE_LOST'),
    );
    if (!fails)
      wrong.push(`test ${held.test} of ${held.shard} has not failed with LEASE_LOST after ${how} in line ${from + 1}`);
    return wrong;
  });
}

/** A slot that is lost says nothing else: its session had no message, or its call has failed. */
function notGivenBack(lines: readonly Line[]): string[] {
  return lines.flatMap((line) => {
    if (line.event !== 'rests' || line.open + line.queued === 0) return [];
    const sessions = `${line.open} ${line.open === 1 ? 'session' : 'sessions'}`;
    return [`${line.shard} rests with ${sessions} open and ${line.queued} calls queued`];
  });
}

/** Else all the rest shows nothing. */
function nothingShared(lines: readonly Line[]): string[] {
  const machines = new Map(lines.flatMap((line) => (line.event === 'starts' ? [[line.shard, line.machine]] : [])));
  const users = new Map<string, Set<string>>();
  for (const line of lines) {
    if (line.event !== 'holds' && line.event !== 'got') continue;
    for (const what of line.event === 'got' ? [line.what] : line.what)
      users.set(what, (users.get(what) ?? new Set()).add(machines.get(line.shard) ?? ''));
  }
  const kinds = ['lock ', 'permits ', 'account ', 'value '];
  return kinds
    .filter((kind) => ![...users].some(([what, { size }]) => what.startsWith(kind) && size > 1))
    .map((kind) => `no ${kind.trim()} was had on two machines`);
}

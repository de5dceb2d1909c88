/**
 * Reads a trace as the JSON importer of Perfetto does, and refuses what that drops, guesses or lays out otherwise than it is
 * meant. No package has this importer for Node; the rules are those of the Trace Event Format and of Perfetto's page on external
 * formats. They are of the phases that Carpool writes, complete events (X) and metadata (M): pairs of begin and end (B, E; b, e
 * with an id), flows and counters have others, so that a trace with one of them is refused until its rules are here.
 */

export interface Slice {
  readonly name: string;
  readonly category: string;
  /** The names of the process and the thread, a group and a row of it. */
  readonly process: string;
  readonly thread: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
}

interface Complete {
  readonly ph: 'X';
  readonly name: string;
  readonly category: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
}

interface Naming {
  readonly ph: 'M';
  readonly kind: 'process_name' | 'thread_name';
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** It reads pids and tids as unsigned numbers of 32 bits. */
const largestId = 2 ** 32 - 1;

/** @throws Error with the rule that the trace does not keep */
export function importTrace(content: string): Slice[] {
  const all = fieldsOf(JSON.parse(content), 'the trace')['traceEvents'];
  must(Array.isArray(all), 'the trace has no array "traceEvents"');
  const events = all.map((event: unknown, at) => eventOf(fieldsOf(event, `event ${at}`), `event ${at}`));
  const processes = new Map<number, string>();
  const threads = new Map<number, Naming>();
  for (const event of events) {
    if (event.ph === 'X') continue;
    const { kind, pid, tid, name } = event;
    if (kind === 'process_name') {
      must(!processes.has(pid), `process ${pid} is named twice`);
      processes.set(pid, name);
    } else {
      // Older versions find the thread that is named by its tid alone.
      must(!threads.has(tid), `thread ${tid} is named twice`);
      threads.set(tid, event);
    }
  }
  const rows = Map.groupBy(
    events.filter((event) => event.ph === 'X'),
    ({ tid }) => tid,
  );
  return [...rows].flatMap(([tid, row]) => {
    expectNested(row);
    return row.map(({ name, category, pid, ts, dur }): Slice => {
      const process = processes.get(pid);
      const thread = threads.get(tid);
      must(process !== undefined, `process ${pid} has no name`);
      must(thread !== undefined, `thread ${tid} has no name`);
      must(thread.pid === pid, `thread ${tid} is of process ${thread.pid} and of ${pid}`);
      return { name, category, process, thread: thread.name, ts, dur };
    });
  });
}

/** Complete events of a thread nest: of two at the same time one is within the other. */
function expectNested(row: readonly Complete[]): void {
  const open: { readonly name: string; readonly end: number }[] = [];
  // Of those that begin at the same time the longest comes first.
  for (const { name, ts, dur } of row.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    for (let last = open.at(-1); last !== undefined && last.end <= ts; last = open.at(-1)) open.pop();
    const around = open.at(-1);
    must(
      around === undefined || ts + dur <= around.end,
      `"${name}" begins in "${around?.name}" of its row, and ends after it`,
    );
    open.push({ name, end: ts + dur });
  }
}

function eventOf(event: Fields, what: string): Complete | Naming {
  const { ph, name, cat, args, ts, dur } = event;
  const [pid, tid] = [idIn(event, 'pid', what), idIn(event, 'tid', what)];
  for (const [key, value] of Object.entries(event))
    must(!Array.isArray(value), `${what} has an array as its "${key}", which ends the import`);
  must(args === undefined || typeof args === 'object', `the args of ${what} are no object`);
  must(typeof name === 'string' && name !== '', `${what} has no name`);
  if (ph === 'M') {
    must(name === 'process_name' || name === 'thread_name', `${what} is metadata of another kind: ${name}`);
    const { name: given } = fieldsOf(args, `args of ${what}`);
    must(typeof given === 'string' && given !== '', `${what} names nothing`);
    return { ph, kind: name, pid, tid, name: given };
  }
  must(ph === 'X', `${what} is of another phase: ${String(ph)}`);
  must(typeof cat === 'string' && cat !== '', `${what} has no category`);
  // A text is read as a number, too, but not by `chrome://tracing`; without one of them the event is dropped.
  must(isTime(ts), `the ts of ${what} is no time: ${String(ts)}`);
  must(isTime(dur), `the dur of ${what} is no time: ${String(dur)}`);
  return { ph, name, category: cat, pid, tid, ts, dur };
}

function idIn(event: Fields, key: 'pid' | 'tid', what: string): number {
  const id = event[key];
  must(
    typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= largestId,
    `the ${key} of ${what} is no id: ${String(id)}`,
  );
  return id;
}

/** Microseconds, which it counts as nanoseconds in 64 bits. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

function fieldsOf(value: unknown, what: string): Fields {
  must(typeof value === 'object' && value !== null && !Array.isArray(value), `${what} is no object`);
  return value as Fields;
}

function must(holds: boolean, fault: string): asserts holds {
  if (!holds) throw new Error(fault);
}

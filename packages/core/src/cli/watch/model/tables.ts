/** From what a host says of itself to the tables of `carpool watch`. */
import { printable } from '../../../base/printable.ts';
import type { ChildStatus, HolderStatus, PoolStatus, SessionStatus } from '../../../pool/status.ts';
import type { LeaseStatus, RunStatus, StatusResult } from '../../../wire/status.ts';
import { ageText, count } from '../../ps/units.ts';
import { keyOf, labelOf } from './pool-keys.ts';
import { messagesIn, messagesOf, openedIn, rateOf, rateText, type Samples } from './rates.ts';
import type { Cell, Column, Order, Row, Table, Tone } from './table.ts';

export const sections = ['sessions', 'pools', 'locks', 'runs'] as const;
export type Section = (typeof sections)[number];

export const titles: Readonly<Record<Section, string>> = {
  sessions: 'Sessions',
  pools: 'Pools and children',
  locks: 'Locks',
  runs: 'Runs',
};

/** How each is sorted at first: what is there longest is what a look is for. */
export const orders: Readonly<Record<Section, Order>> = {
  sessions: { column: 'age', descending: true },
  pools: { column: 'pool', descending: false },
  locks: { column: 'waits', descending: true },
  runs: { column: 'age', descending: true },
};

const columns: Readonly<Record<Section, readonly Column[]>> = {
  sessions: [
    { key: 'id', title: 'Session', rank: 1 },
    { key: 'pool', title: 'Pool', rank: 4 },
    { key: 'state', title: 'State', rank: 3 },
    { key: 'age', title: 'Age', numeric: true, rank: 0 },
    { key: 'test', title: 'Test', grows: true, rank: 0 },
    { key: 'place', title: 'Place', grows: true, path: true, rank: 5 },
    { key: 'child', title: 'Child', numeric: true, rank: 6 },
    { key: 'run', title: 'Run', rank: 7 },
  ],
  pools: [
    { key: 'pool', title: 'Pool', rank: 0 },
    { key: 'child', title: 'Child', rank: 1 },
    { key: 'state', title: 'State', rank: 3 },
    { key: 'slots', title: 'Slots', numeric: true, rank: 0 },
    { key: 'queue', title: 'Queue', numeric: true, rank: 2 },
    { key: 'sessions', title: 'Sessions/s', numeric: true, rank: 6 },
    { key: 'messages', title: 'Messages/s', numeric: true, rank: 5 },
    { key: 'age', title: 'Age', numeric: true, rank: 4 },
    { key: 'note', title: 'Note', grows: true, rank: 8 },
  ],
  locks: [
    { key: 'name', title: 'Name', rank: 0 },
    { key: 'kind', title: 'Kind', rank: 4 },
    { key: 'state', title: 'State', rank: 1 },
    { key: 'waits', title: 'Waits', numeric: true, rank: 3 },
    { key: 'age', title: 'Age', numeric: true, rank: 2 },
    { key: 'test', title: 'Test', grows: true, rank: 0 },
    { key: 'place', title: 'Place', grows: true, path: true, rank: 5 },
  ],
  runs: [
    { key: 'runner', title: 'Runner', rank: 0 },
    { key: 'pid', title: 'Process', numeric: true, rank: 1 },
    { key: 'workers', title: 'Workers', numeric: true, rank: 3 },
    { key: 'age', title: 'Age', numeric: true, rank: 2 },
    { key: 'branch', title: 'Branch', rank: 4 },
    { key: 'folder', title: 'Folder', grows: true, path: true, rank: 0 },
  ],
};

/** @param samples for rates */
export function tableOf(section: Section, status: StatusResult, samples: Samples): Table {
  const runs = new Map(status.runs.map((run) => [run.id, run.pid === undefined ? run.folder : String(run.pid)]));
  const run = (id: string | undefined): string | undefined => (id === undefined ? undefined : runs.get(id));
  const place = (path: string): string => within(path, status.runs);
  const label = (pool: PoolStatus): string => labelOf(pool, status.pools);
  switch (section) {
    case 'sessions': {
      const rows = status.pools.flatMap((pool) => sessionRows(pool, { run, place, label }));
      const all = status.pools.reduce((sum, { open, queued }) => sum + open + queued, 0);
      return { columns: columns.sessions, rows, unnamed: Math.max(0, all - rows.length) };
    }
    case 'pools':
      return {
        columns: columns.pools,
        rows: status.pools.flatMap((pool) => poolRows(pool, label(pool), samples)),
        unnamed: 0,
      };
    case 'locks': {
      const unnamed = Math.max(0, status.leaseCount - status.leases.length);
      return { columns: columns.locks, rows: status.leases.flatMap((lease) => lockRows(lease, place)), unnamed };
    }
    case 'runs':
      return { columns: columns.runs, rows: status.runs.map(runRow), unnamed: 0 };
  }
}

/** "3 of 8 slots", … of the whole host, for a line above the tables. */
export function summaryOf({ pools, leases, leaseCount }: StatusResult): readonly string[] {
  const sum = (of: (pool: PoolStatus) => number): number => pools.reduce((total, pool) => total + of(pool), 0);
  const waits = sum(({ queued }) => queued) + leases.reduce((total, { waitCount }) => total + waitCount, 0);
  return [
    `${sum(({ open }) => open)}/${sum(({ maxSessions }) => maxSessions)} slots`,
    count(
      sum(({ children }) => children.length),
      'child',
      'children',
    ),
    count(leaseCount, 'lock'),
    `${waits} waiting`,
  ];
}

/** As it is called in the folder of its run. */
function within(path: string, runs: readonly RunStatus[]): string {
  const run = runs.find(({ folder }) => path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`));
  return run === undefined ? path : path.slice(run.folder.length + 1);
}

interface Naming {
  readonly run: (id: string | undefined) => string | undefined;
  readonly place: (path: string) => string;
  readonly label: (pool: PoolStatus) => string;
}

function sessionRows(pool: PoolStatus, { run, place, label }: Naming): Row[] {
  const { sessions, waiting } = pool;
  const [key, name] = [keyOf(pool), label(pool)];
  return [
    ...sessions.map((session, at): Row => sessionRow({ key, name }, session, { at, run: run(session.run), place })),
    ...waiting.map((wait, at): Row => {
      const cells = { pool: cell(name), state: cell('waits'), ...holderCells(wait, place), run: cell(run(wait.run)) };
      return { key: `wait ${key} ${at}`, cells: present(cells), tone: 'warn' };
    }),
  ];
}

function sessionRow(
  { key, name }: { readonly key: string; readonly name: string },
  session: SessionStatus,
  { at, run, place }: { readonly at: number; readonly run: string | undefined; readonly place: Naming['place'] },
): Row {
  const { id, pid } = session;
  const cells = present({
    id: cell(id),
    pool: cell(name),
    state: cell(id === undefined ? 'opens' : 'open'),
    ...holderCells(session, place),
    child: cell(pid),
    run: cell(run),
  });
  if (id === undefined) return { key: `opens ${key} ${at}`, cells, tone: 'dim' };
  return { key: `session ${key} ${id}`, cells, session: { pool: key, id } };
}

/** A row for the pool, and one for each child. */
function poolRows(pool: PoolStatus, name: string, samples: Samples): Row[] {
  const { open, maxSessions, queued, warm, quarantined, unlike, children } = pool;
  const notes = [warm > 0 && `${warm} warm`, quarantined > 0 && `${quarantined} slots lost`, unlike].filter(Boolean);
  const key = keyOf(pool);
  const opened = rateOf(samples, openedIn(key));
  const messages = rateOf(samples, messagesIn(key));
  const cells = present({
    pool: cell(name),
    slots: { text: `${open}/${maxSessions}`, by: open },
    queue: cell(queued),
    sessions: { text: rateText(opened), by: opened },
    messages: { text: rateText(messages), by: messages },
    note: cell(notes.join(', ')),
  });
  const tone = queued > 0 || quarantined > 0 ? ('warn' as const) : undefined;
  return [
    { key: `pool ${key}`, cells, tone },
    ...children.map((child, at) => childRow({ key, name }, child, { at, samples })),
  ];
}

function childRow(
  pool: { readonly key: string; readonly name: string },
  child: ChildStatus,
  { at, samples }: { readonly at: number; readonly samples: Samples },
): Row {
  const { pid, state, generation, age, sessions, slots, heldBack } = child;
  const messages = pid === undefined ? undefined : rateOf(samples, messagesOf(pid));
  const cells = present({
    pool: cell(pool.name),
    child: pid === undefined ? cell('…') : cell(pid),
    state: cell(heldBack === undefined ? state : 'held back'),
    slots: { text: `${sessions}/${slots}`, by: sessions },
    messages: { text: rateText(messages), by: messages },
    age: ageCell(age),
    note: cell([generation > 1 && `generation ${generation}`, heldBack].filter(Boolean).join(', ')),
  });
  const tone: Tone | undefined = heldBack === undefined ? (state === 'serving' ? undefined : 'dim') : 'warn';
  return { key: `child ${pool.key} ${pid ?? `at ${at}`}`, cells, tone };
}

function lockRows(lease: LeaseStatus, place: Naming['place']): Row[] {
  const { name, kind, scope, run, holders, waiting, waitCount, holderCount } = lease;
  const own = { name: cell(name), kind: cell(kind), waits: cell(waitCount) };
  const row = (state: string, holder: HolderStatus, at: number): Row => ({
    key: `${scope} ${run ?? ''} ${kind} ${name} ${state} ${at}`,
    cells: present({ ...own, state: cell(state), ...holderCells(holder, place) }),
    tone: state === 'waits' ? 'warn' : undefined,
  });
  const held = holders.map((holder, at) => row('held', holder, at));
  const waits = waiting.map((holder, at) => row('waits', holder, at));
  const more = holderCount - holders.length + waitCount - waiting.length;
  const rest: Row = {
    key: `${scope} ${run ?? ''} ${kind} ${name} more`,
    cells: present({ ...own, test: cell(`and ${more} more`) }),
    tone: 'dim',
  };
  return [...held, ...waits, ...(more > 0 ? [rest] : [])];
}

function runRow({ id, runner = 'a runner', pid, remotePid, client, workers, age, branch, folder }: RunStatus): Row {
  const cells = present({
    runner: cell(client === undefined ? runner : `${runner}, address "${client}"`),
    pid: cell(pid ?? remotePid),
    workers: cell(workers),
    age: ageCell(age),
    branch: cell(branch),
    folder: cell(folder),
  });
  return { key: `run ${id}`, cells };
}

function holderCells(
  { test, file, takenAt, shard, age, amount }: HolderStatus,
  place: Naming['place'],
): Record<string, Cell | undefined> {
  const at = takenAt ?? file;
  const parts = [
    test ?? file ?? takenAt ?? 'no test is known',
    amount !== undefined && `${amount} of it`,
    shard !== undefined && `shard ${shard}`,
  ];
  return {
    test: cell(parts.filter(Boolean).join(', ')),
    place: at === undefined ? undefined : cell(place(at)),
    age: age === undefined ? undefined : ageCell(age),
  };
}

function ageCell(age: number): Cell {
  return { text: ageText(age), by: age };
}

/** What others have written moves no cursor. */
function cell(value: number | string | undefined): Cell | undefined {
  if (value === undefined || value === '') return undefined;
  return typeof value === 'number' ? { text: String(value), by: value } : { text: printable(value) };
}

function present(cells: Readonly<Record<string, Cell | undefined>>): Record<string, Cell> {
  return Object.fromEntries(Object.entries(cells).filter((entry): entry is [string, Cell] => entry[1] !== undefined));
}

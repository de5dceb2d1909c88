/**
 * A recorded run in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing open: a group of rows for
 * each pool, with its children, its sessions and what waits for them, and one for locks and the like. Times are microseconds.
 */
import { startOf, type ChildEvent, type SessionEvent } from '../../base/timeline.ts';
import { lanesOf } from '../../report/lanes.ts';
import type { RecordedRun } from '../../report/recorded-run.ts';

export interface TraceEvent {
  readonly ph: 'X' | 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number | undefined;
  readonly dur?: number | undefined;
  readonly cat?: string | undefined;
  readonly args?: object | undefined;
}

interface Span {
  readonly name: string;
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly args: object;
}

/** @param runs on one axis, from the begin of the first; the groups of each are named by its host, if there are several */
export function chromeTrace(...runs: readonly RecordedRun[]): { readonly traceEvents: readonly TraceEvent[] } {
  const events: TraceEvent[] = [];
  const zero = runs.reduce((first, { header }) => Math.min(first, header.zero), Infinity);
  let [pid, tid] = [0, 0];
  for (const run of runs) {
    const by = run.header.zero - zero;
    const group = (name: string): void => {
      const args = { name: runs.length > 1 ? `${name}, host ${run.header.pid}` : name };
      events.push({ ph: 'M', name: 'process_name', pid: ++pid, tid: 0, args });
    };
    const row = (name: string): void =>
      void events.push({ ph: 'M', name: 'thread_name', pid, tid: ++tid, args: { name } });
    const rows = (name: string, spans: readonly Span[]): void => {
      for (const [at, lane] of lanesOf(spans).entries()) {
        row(at === 0 ? name : `${name} ${at + 1}`);
        for (const { name: title, kind, from, to, args } of lane)
          events.push({
            ph: 'X',
            name: title,
            cat: kind,
            pid,
            tid,
            ts: micros(from + by),
            dur: micros(to - from),
            args,
          });
      }
    };
    add(run, group, rows);
  }
  return { traceEvents: events };
}

function add(
  run: RecordedRun,
  group: (name: string) => void,
  rows: (name: string, spans: readonly Span[]) => void,
): void {
  const pools = new Set([...run.sessions, ...run.children].map(({ pool }) => pool));
  for (const pool of pools) {
    group(`pool ${pool}`);
    const sessions = run.sessions.filter((one) => one.pool === pool);
    rows('child', run.children.filter((one) => one.pool === pool).flatMap(childSpans));
    rows('waits', sessions.flatMap(waitSpan));
    rows('sessions', sessions.flatMap(sessionSpan));
  }
  const names = Map.groupBy(run.leases, ({ kind, name }) => `${kind} ${name}`);
  if (names.size > 0) group('locks, semaphores, values');
  for (const [name, leases] of names) {
    const spans = leases.flatMap(({ since, granted, over, test = 'a test', file, takenAt, failure }) => [
      ...waited(
        { since, granted, over },
        { name: `waits: ${test}`, kind: 'wait', args: { test, file, takenAt, failure } },
      ),
      ...(granted === undefined
        ? []
        : [{ name: test, kind: 'lease', from: granted, to: over, args: { test, file, takenAt } }]),
    ]);
    rows(name, spans);
  }
}

function childSpans(child: ChildEvent): Span[] {
  const { pid, generation, since, ready = child.over, over, sessions, failure } = child;
  const args = { pid, generation, sessions, failure };
  const name = pid === undefined ? 'a child' : `child ${pid}`;
  const isStartKnown = startOf(child) !== undefined;
  const start = { name: `${name} starts`, kind: 'start', from: since, to: ready, args };
  const served = { name, kind: 'child', from: isStartKnown ? ready : since, to: over, args };
  const all = [...(isStartKnown ? [start] : []), ...(child.ready === undefined ? [] : [served])];
  // It may have been there before the run.
  return all.filter(({ to }) => to > 0).map((span) => ({ ...span, from: Math.max(span.from, 0) }));
}

function waitSpan(session: SessionEvent): Span[] {
  const { test = 'a test', file, granted } = session;
  return waited(session, { name: test, kind: granted === undefined ? 'in vain' : 'wait', args: { test, file } });
}

/** What took no time is not shown. */
function waited(
  { since, granted, over }: Pick<SessionEvent, 'since' | 'granted' | 'over'>,
  span: Pick<Span, 'name' | 'kind' | 'args'>,
): Span[] {
  const to = granted ?? over;
  return to - since < 0.1 ? [] : [{ ...span, from: since, to }];
}

function sessionSpan({ test, file, id, child, granted, opened, over, failed, unconfirmed }: SessionEvent): Span[] {
  if (granted === undefined) return [];
  const openedAfter = opened === undefined ? undefined : opened - granted;
  const args = { id, test, file, child, openedAfter, failed, unconfirmed };
  return [
    {
      name: test ?? `session ${id ?? ''}`,
      kind: failed === true ? 'failed' : 'session',
      from: granted,
      to: over,
      args,
    },
  ];
}

function micros(milliseconds: number): number {
  return Math.round(milliseconds * 1_000);
}

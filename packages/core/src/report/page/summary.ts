/** What is around the timeline: numbers, findings, the slowest waits, and what each pool and lock has cost. */
import { startOf } from '../../base/timeline.ts';
import { analyse, type PoolReport, type Spread } from '../analyse.ts';
import { endText, readyText } from '../child-text.ts';
import type { ChildLife, Entry } from '../entries.ts';
import { findingsOf, type Finding } from '../findings.ts';
import type { RecordedRun } from '../recorded-run.ts';
import { noFilter } from '../selection.ts';
import { countText, numberText, timeText } from '../units.ts';
import { byId, h } from './dom.ts';
import type { Store } from './store.ts';

/** Rows of the shorter tables. */
const most = 10;

export function summary(store: Store, runs: readonly RecordedRun[], names: readonly string[]): void {
  const reports = runs.map((run) => analyse(run));
  tiles(
    store,
    runs,
    reports.flatMap(({ pools }) => pools),
  );
  byId('findings').replaceChildren(...findingsOf(store.run, runs).map((one) => finding(one, store)));
  byId('waits').replaceChildren(waits(store));
  const prefix = (at: number): string => (runs.length > 1 ? `${names[at] ?? ''}: ` : '');
  byId('children').replaceChildren(children(store, prefix));
  byId('pools').replaceChildren(
    table(
      [
        'Pool',
        'Sessions',
        'Children',
        'At most',
        'Got none',
        'Wait p50 · p95 · longest',
        'Open p50 · p95',
        'Held p50 · p95',
        'Starts took',
        'Sharing saved',
      ],
      reports.flatMap(({ pools }, at) =>
        pools.map((pool) => [
          `${prefix(at)}${pool.name}`,
          numberText(pool.sessions),
          numberText(pool.children.length),
          String(pool.peak),
          String(pool.without),
          spread(pool.waits, true),
          spread(pool.opens),
          spread(pool.lives),
          startText(pool),
          pool.saved === undefined || pool.saved.time <= 0 ? '–' : `${timeText(pool.saved.time)} of starts`,
        ]),
      ),
      'No test had a session.',
    ),
  );
  byId('leases').replaceChildren(
    table(
      ['Name', 'Kind', 'Granted', 'Got none', 'Wait p50 · p95 · longest', 'Held p50 · p95 · longest'],
      reports.flatMap(({ leases }, at) =>
        leases.map(({ name, kind, granted, without, waits: waited, holds }) => [
          `${prefix(at)}${name}`,
          kind,
          numberText(granted),
          String(without),
          spread(waited, true),
          spread(holds, true),
        ]),
      ),
      'No test asked for one.',
    ),
  );
}

function startText({ children: lives }: PoolReport): string {
  // One that was there before the run has cost it nothing.
  const started = lives.filter(({ since }) => since >= 0);
  const known = started.flatMap((child) => startOf(child) ?? []);
  if (known.length === 0 && started.length > 0) return 'not known';
  return timeText(known.reduce((sum, start) => sum + start, 0));
}

function tiles({ run }: Store, runs: readonly RecordedRun[], pools: readonly PoolReport[]): void {
  const sessions = run.entries.filter(({ kind }) => kind === 'session');
  const failed = run.entries.filter(({ state }) => state === 'failed').length;
  const waited = run.entries.reduce((sum, one) => sum + one.waited, 0);
  const longest = run.entries.reduce((longest, one) => Math.max(longest, one.waited), 0);
  const saved = pools.reduce((sum, pool) => sum + Math.max(pool.saved?.time ?? 0, 0), 0);
  const files = new Set(sessions.flatMap(({ run: of, file }) => (file === undefined ? [] : `${of} ${file}`))).size;
  const tile = (name: string, value: string, note: string, level = ''): HTMLElement =>
    h(
      'div',
      { class: `tile ${level}` },
      h('dt', {}, name),
      h('dd', { class: 'value' }, value),
      h('dd', { class: 'note' }, note),
    );
  byId('tiles').replaceChildren(
    tile('Time', timeText(run.duration), countText(runs.length, 'run')),
    tile('Sessions', numberText(sessions.length), `of ${countText(files, 'test file')}`),
    tile('Children', numberText(run.children.length), `of ${countText(pools.length, 'pool')}`),
    tile('Waits', timeText(waited), `the longest ${timeText(longest)}`),
    tile(
      'Failed',
      numberText(failed),
      failed === 0 ? 'no test with a session' : 'sessions of failed tests',
      failed === 0 ? '' : 'error',
    ),
    tile('Saved', timeText(saved), 'of starting processes'),
  );
}

function finding({ level, text, entry, child, state }: Finding, store: Store): HTMLElement {
  const show = (): void => {
    if (state !== undefined) store.narrow({ ...noFilter, state });
    if (entry !== undefined) store.select({ entry });
    else if (child !== undefined) store.select({ child });
    byId('timeline').scrollIntoView({ block: 'start' });
  };
  const isAbout = entry !== undefined || child !== undefined || state !== undefined;
  const sign = { error: '✕', warning: '!', note: 'i' }[level];
  return h(
    'li',
    { class: level },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    h('span', { class: 'text' }, h('span', { class: 'hidden' }, `${level}: `), text),
    isAbout
      ? h('button', { type: 'button', class: 'link', 'aria-label': `Show: ${text}`, click: show }, 'Show')
      : undefined,
  );
}

function waits(store: Store): HTMLElement {
  const slowest = store.run.entries
    .filter(({ waited }) => waited >= 1)
    .toSorted((a, b) => b.waited - a.waited)
    .slice(0, most);
  if (slowest.length === 0) return h('p', { class: 'muted' }, 'Nothing waited for a millisecond or more.');
  const longest = slowest[0]?.waited ?? 1;
  const row = (entry: Entry): HTMLElement => {
    const bar = h('span', { class: 'meter', 'aria-hidden': 'true' });
    bar.style.width = `${Math.max((entry.waited / longest) * 100, 1)}%`;
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', class: 'wait', click: () => store.select({ entry }) },
        h('span', { class: 'name' }, entry.title),
        h('span', { class: 'time' }, timeText(entry.waited)),
        h('span', { class: 'of' }, `${entry.of}${entry.file === undefined ? '' : ` · ${entry.file}`}`),
        bar,
      ),
    );
  };
  return h('ol', { class: 'waits' }, ...slowest.map(row));
}

function children(store: Store, prefix: (run: number) => string): HTMLElement {
  const all = store.run.children;
  if (all.length === 0) return h('p', { class: 'muted' }, 'No child was started.');
  // Those that failed, and those that took longest to start.
  const startOfOne = ({ event }: ChildLife): number => startOf(event) ?? 0;
  const shown = all
    .toSorted(
      (a, b) =>
        Number(b.event.failure !== undefined) - Number(a.event.failure !== undefined) || startOfOne(b) - startOfOne(a),
    )
    .slice(0, most);
  const result = table(
    ['Child', 'Pool', 'Ready after', 'Lived', 'Sessions', 'End'],
    shown.map((child) => [
      h(
        'button',
        { type: 'button', class: 'link', click: () => store.select({ child }) },
        String(child.event.pid ?? 'none'),
      ),
      `${prefix(child.run)}${child.event.pool}`,
      readyText(child),
      timeText(child.over - child.since),
      numberText(child.event.sessions),
      endText(child),
    ]),
    '',
  );
  if (all.length > most)
    result.append(h('p', { class: 'muted' }, `and ${countText(all.length - most, 'other child', 'other children')}`));
  return result;
}

function table(
  heads: readonly string[],
  rows: readonly (readonly (string | HTMLElement)[])[],
  otherwise: string,
): HTMLElement {
  if (rows.length === 0) return h('p', { class: 'muted' }, otherwise);
  const cells = (row: readonly (string | HTMLElement)[]): HTMLElement[] =>
    row.map((cell, at) => (at === 0 ? h('th', { scope: 'row' }, cell) : h('td', {}, cell)));
  return h(
    'div',
    { class: 'side', tabindex: 0, role: 'group', 'aria-label': heads[0] ?? '' },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...cells(row)))),
    ),
  );
}

function spread(times: Spread<unknown> | undefined, longest = false): string {
  if (times === undefined) return '–';
  const all = [times.p50, times.p95, ...(longest ? [times.longest] : [])];
  return all.map(timeText).join(' · ');
}

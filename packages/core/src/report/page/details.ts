/** All that is known of what is selected. */
import { startOf } from '../../base/timeline.ts';
import { childFinder } from '../child-sessions.ts';
import { endText, readyText } from '../child-text.ts';
import type { ChildLife, Entry } from '../entries.ts';
import { within } from '../entries.ts';
import type { RunMessages } from '../messages.ts';
import type { RecordedRun } from '../recorded-run.ts';
import { holdersDuring } from '../selection.ts';
import { countText, timeText } from '../units.ts';
import { conversation } from './conversation.ts';
import { byId, h } from './dom.ts';
import type { Selected, Store } from './store.ts';
import { stateText, type Table } from './table.ts';
import { titleOf } from './tooltip.ts';

/** Holders that are named. */
const most = 6;

export interface Recordings {
  readonly runs: readonly RecordedRun[];
  /** For each run. */
  readonly messages: readonly (RunMessages | null)[];
  /** For each run. Of one there is none. */
  readonly names: readonly string[];
}

/** Where something is selected by keys. */
export interface Origins {
  readonly timeline: HTMLElement;
  readonly table: Table;
}

export function details(place: HTMLElement, store: Store, recordings: Recordings & Origins): void {
  const childOf = childFinder(store.run.children);
  const sessionsOf = (child: ChildLife): Entry[] => store.run.entries.filter((entry) => childOf(entry) === child);
  /** What had the focus when something was selected. */
  let origin: Element | null = null;
  store.onChange((change) => {
    if (change !== 'selected') return;
    const { selected } = store;
    // What has the focus in here is removed now.
    const hadFocus = place.contains(document.activeElement);
    if (!hadFocus && selected !== undefined) origin = document.activeElement;
    place.hidden = selected === undefined;
    if (selected === undefined) {
      place.replaceChildren();
      if (hadFocus) goBack(origin, recordings);
      return;
    }
    const close = h(
      'button',
      { type: 'button', class: 'button close', 'aria-label': 'Close', click: () => store.select(undefined) },
      '×',
    );
    const { entry, child } = selected;
    const content =
      entry === undefined
        ? ofChild(child, sessionsOf(child), { store, run: recordings.names[child.run] })
        : ofEntry(entry, store, recordings);
    place.replaceChildren(h('div', { class: 'title' }, h('h3', {}, titleOf(selected)), close), ...content);
    place.scrollTop = 0;
    if (hadFocus) place.focus({ preventScroll: true });
    byId('live').textContent = spoken(selected);
  });
}

/** A row of the table is another element by now: the one that is in its place has the focus then. */
function goBack(origin: Element | null, { timeline, table }: Origins): void {
  if (origin instanceof HTMLTableRowElement && table.focusRow()) return;
  const isThere = origin instanceof HTMLElement && origin.isConnected && origin !== document.body;
  (isThere ? origin : timeline).focus();
}

/** The selection as a sentence. */
function spoken(selected: Selected): string {
  const { entry, child } = selected;
  if (entry === undefined)
    return `${titleOf(selected)} of pool ${child.event.pool}: ${countText(child.event.sessions, 'session')} in ${timeText(child.over - child.since)}`;
  const got = entry.granted === undefined ? 'got nothing' : `held ${timeText(entry.held)}`;
  return `${entry.title}, ${entry.of}: waited ${timeText(entry.waited)}, ${got}, ${stateText[entry.state]}`;
}

function ofEntry(entry: Entry, store: Store, { runs, messages, names }: Recordings): HTMLElement[] {
  const { event, file, shard, of, since, waited, opening, held, state, over } = entry;
  const folder = runs[entry.run]?.header.folder ?? '';
  const takenAt = event.event === 'lease' && event.takenAt !== undefined ? within(folder, event.takenAt) : undefined;
  const session = event.event === 'session' ? event : undefined;
  const failure = event.event === 'lease' ? event.failure : undefined;
  const opened = opening === 0 ? 0 : opening;
  return [
    ...(file === undefined ? [] : [h('p', { class: 'where' }, takenAt ?? file)]),
    h('p', { class: `state s-${state}` }, stateText[state]),
    ...(failure?.split('\n') ?? []).map((line) => h('p', {}, line)),
    parts([
      { name: 'waited', time: waited },
      { name: 'opening', time: opened },
      { name: entry.kind === 'lease' ? 'lease' : state === 'failed' ? 'failed' : 'held', time: held - opened },
    ]),
    list([
      ['Of', of],
      ['Waited', timeText(waited)],
      ['Opened in', session?.opened === undefined ? undefined : timeText(opening)],
      ['Held', entry.granted === undefined ? undefined : timeText(held)],
      ['From', timeText(since)],
      ['To', timeText(over)],
      ['Session', session?.id],
      ['Child', session?.child === undefined ? undefined : String(session.child)],
      ['Test process', entry.worker],
      ['Shard', shard],
      ['Run', names[entry.run]],
    ]),
    ...during(entry, store),
    ...(entry.kind === 'session' ? conversation(entry, messages[entry.run] ?? undefined) : []),
  ];
}

/** Who held it meanwhile. */
function during(entry: Entry, store: Store): HTMLElement[] {
  if (entry.waited < 1) return [];
  const holders = holdersDuring(entry, store.run.entries, most);
  if (holders.length === 0)
    return [
      h('p', { class: 'muted' }, 'While it waited nothing else held it: a child had to start, or a limit was reached.'),
    ];
  const one = (holder: Entry): HTMLElement =>
    h(
      'li',
      {},
      h('button', { type: 'button', class: 'link', click: () => store.select({ entry: holder }) }, holder.title),
      h('span', { class: 'muted' }, ` held it for ${timeText(holder.held)}`),
    );
  return [h('h4', {}, 'While it waited'), h('ul', { class: 'plain' }, ...holders.map(one))];
}

interface Around {
  readonly store: Store;
  /** The name of its run, where there are several. */
  readonly run: string | undefined;
}

/** @param on its sessions */
function ofChild(child: ChildLife, on: readonly Entry[], { store, run }: Around): HTMLElement[] {
  const { event, since, over } = child;
  const start = startOf(event) ?? 0;
  const first = on
    .slice(0, 12)
    .map((entry) =>
      h('li', {}, h('button', { type: 'button', class: 'link', click: () => store.select({ entry }) }, entry.title)),
    );
  return [
    h('p', { class: event.failure === undefined ? 'state' : 'state s-failed' }, endText(child)),
    parts([
      { name: 'starting', time: start },
      { name: 'child', time: over - since - start },
    ]),
    list([
      ['Pool', event.pool],
      ['Ready after', readyText(child)],
      ['Was there', event.since < 0 ? 'before the run' : undefined],
      ['Lived', timeText(over - since)],
      ['Sessions', String(event.sessions)],
      ['Generation', String(event.generation)],
      ['From', since < 0 ? undefined : timeText(since)],
      ['To', event.goesOn === true ? undefined : timeText(over)],
      ['Run', run],
    ]),
    ...(first.length === 0
      ? []
      : [
          h(
            'h4',
            {},
            on.length > first.length ? `The first ${first.length} of its ${on.length} sessions` : 'Its sessions',
          ),
          h('ul', { class: 'plain' }, ...first),
        ]),
  ];
}

/** A bar with a piece for each time, as long as it is beside the others. */
function parts(all: readonly { readonly name: string; readonly time: number }[]): HTMLElement {
  const sum = all.reduce((total, { time }) => total + time, 0);
  const pieces = all
    .filter(({ time }) => time > 0)
    .map(({ name, time }) => {
      const piece = h('span', { class: `part p-${name}` });
      piece.style.flexGrow = String(Math.max(time / sum, 0.005));
      return piece;
    });
  return h('div', { class: 'parts', 'aria-hidden': 'true' }, ...pieces);
}

export function list(rows: readonly (readonly [string, string | undefined])[]): HTMLElement {
  const pairs = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [h('div', {}, h('dt', {}, name), h('dd', {}, value))],
  );
  return h('dl', { class: 'pairs' }, ...pairs);
}

/**
 * What `carpool watch` shows, and what each key and each answer of the host makes of it. Pure, and the same for a terminal
 * and for a page.
 *
 *   table ──enter──▶ detail of a session ──escape──▶ table
 *     └──/──▶ the filter is typed ──enter, escape──▶ table
 */
import { printable } from '../../../base/printable.ts';
import type { ObservedBody, ObservedSession } from '../../../wire/observe.ts';
import type { StatusResult } from '../../../wire/status.ts';
import type { Message } from './message.ts';
import { keyOf, poolOf } from './pool-keys.ts';
import { sampled, type Samples } from './rates.ts';
import { filtered, sorted, type Order, type Row, type Table } from './table.ts';
import { orders, sections, tableOf, type Section } from './tables.ts';

export interface Detail {
  /** The key of its pool. */
  readonly pool: string;
  /** As that is called in the table. */
  readonly poolName: string;
  readonly id: string;
  /** "adds a row", where it is known. */
  readonly test?: string | undefined;
  /** Oldest first. */
  readonly messages: readonly Message[];
  /** Lines that are below what is shown: 0 follows what comes. */
  readonly back: number;
  /** It is not among the sessions of the host any more. */
  readonly over: boolean;
  /** A sentence: why no messages come. */
  readonly fault?: string | undefined;
}

export interface View {
  readonly section: Section;
  readonly orders: Readonly<Record<Section, Order>>;
  readonly filter: string;
  /** The filter is being typed. */
  readonly typing: boolean;
  /** The key of a row. */
  readonly selected?: string | undefined;
  readonly status?: StatusResult | undefined;
  readonly samples: Samples;
  readonly detail?: Detail | undefined;
  /** A sentence: the host does not answer at the moment. */
  readonly fault?: string | undefined;
}

export type Action =
  | { readonly type: 'status'; readonly status: StatusResult; readonly at: number }
  /** `messages`: of the session that is shown. Otherwise of the host, until its next answer. */
  | { readonly type: 'fault'; readonly text: string; readonly of?: 'messages' | undefined }
  | { readonly type: 'section'; readonly to: Section | 'next' | 'previous' }
  | { readonly type: 'sort'; readonly by: 'next' | 'reverse' | { readonly column: string } }
  | { readonly type: 'type'; readonly text: string | undefined }
  | { readonly type: 'typed'; readonly keep: boolean }
  | { readonly type: 'move'; readonly by: number }
  | { readonly type: 'select'; readonly key: string }
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'said'; readonly sessions: readonly ObservedSession[] }
  | { readonly type: 'messages'; readonly body: ObservedBody };

/** Messages of a session that are kept. */
export const mostMessages = 1_000;

export const begun: View = { section: 'sessions', orders, filter: '', typing: false, samples: [] };

/** What is shown of the present section: filtered and sorted. */
export function shownTable({ section, status, samples, filter, orders: all }: View): Table {
  if (status === undefined) return { columns: [], rows: [], unnamed: 0 };
  const table = tableOf(section, status, samples);
  return { ...table, rows: sorted(filtered(table.rows, filter), all[section]) };
}

/** The place of the selected row, 0 where it is gone. */
export function selectedAt({ selected }: View, rows: readonly Row[]): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === selected),
  );
}

export function reduce(view: View, action: Action): View {
  switch (action.type) {
    case 'status':
      return withStatus(view, action);
    case 'fault':
      return action.of === 'messages' ? withoutMessages(view, action.text) : { ...view, fault: action.text };
    case 'section':
      return { ...view, section: sectionAt(view.section, action.to), selected: undefined };
    case 'sort':
      return { ...view, orders: { ...view.orders, [view.section]: orderBy(view, action.by) } };
    case 'type':
      return { ...view, typing: true, filter: action.text ?? view.filter };
    case 'typed':
      return { ...view, typing: false, filter: action.keep ? view.filter : '' };
    case 'move':
      return view.detail === undefined
        ? moved(view, action.by)
        : { ...view, detail: scrolledBy(view.detail, action.by) };
    case 'select':
      return { ...view, selected: action.key };
    case 'open':
      return opened(view);
    case 'close':
      return { ...view, detail: undefined };
    case 'said':
      return said(view, action.sessions);
    case 'messages':
      return view.detail === undefined ? view : { ...view, detail: withMessages(view.detail, action.body) };
  }
}

function withStatus(view: View, { status, at }: { status: StatusResult; at: number }): View {
  const { detail } = view;
  const next = { ...view, status, samples: sampled(view.samples, status, at), fault: undefined };
  if (detail === undefined) return next;
  const pools = status.pools.filter((pool) => keyOf(pool) === detail.pool);
  const session = pools.flatMap(({ sessions }) => sessions).find(({ id }) => id === detail.id);
  // Of a pool with more sessions than are named, it may be one of the others.
  const over = session === undefined && pools.every(({ open, sessions }) => sessions.length >= open);
  return { ...next, detail: { ...detail, over: detail.over || over, test: session?.test ?? detail.test } };
}

function sectionAt(section: Section, to: Section | 'next' | 'previous'): Section {
  if (to !== 'next' && to !== 'previous') return to;
  const at = sections.indexOf(section) + (to === 'next' ? 1 : -1);
  return sections.at(at % sections.length) ?? section;
}

function orderBy(view: View, by: 'next' | 'reverse' | { readonly column: string }): Order {
  const order = view.orders[view.section];
  const turned = { ...order, descending: !order.descending };
  if (by === 'reverse') return turned;
  const { columns } = shownTable(view);
  const at = columns.findIndex(({ key }) => key === order.column);
  const column = by === 'next' ? columns[(at + 1) % columns.length] : columns.find(({ key }) => key === by.column);
  if (column === undefined) return order;
  if (by !== 'next' && column.key === order.column) return turned;
  // Most of what is counted is looked at from its large end.
  return { column: column.key, descending: column.numeric === true };
}

function moved(view: View, by: number): View {
  const { rows } = shownTable(view);
  const at = Math.max(0, Math.min(rows.length - 1, selectedAt(view, rows) + by));
  return { ...view, selected: rows[at]?.key };
}

function scrolledBy(detail: Detail, by: number): Detail {
  return { ...detail, back: Math.max(0, Math.min(detail.messages.length - 1, detail.back - by)) };
}

function opened(view: View): View {
  const { rows } = shownTable(view);
  const row = rows[selectedAt(view, rows)];
  if (row?.session === undefined) return view;
  const { detail } = view;
  // It is shown, and its messages are not asked for again.
  if (detail?.pool === row.session.pool && detail.id === row.session.id) return view;
  const { pool, id } = row.session;
  const [poolName = pool, test] = [row.cells['pool']?.text, row.cells['test']?.text];
  return { ...view, detail: { pool, poolName, id, test, messages: [], back: 0, over: false } };
}

/** The first says why: others follow from it. */
function withoutMessages(view: View, fault: string): View {
  const { detail } = view;
  return detail === undefined || detail.fault !== undefined ? view : { ...view, detail: { ...detail, fault } };
}

function said(view: View, sessions: readonly ObservedSession[]): View {
  const { detail } = view;
  const found = detail && sessions.find((one) => poolOf(one) === detail.pool && one.id === detail.id);
  if (detail === undefined || found === undefined) return view;
  const messages = [
    ...found.recent.map((line): Message => ({ kind: 'before', text: printable(line) })),
    ...found.unanswered.map((line): Message => ({ kind: 'unanswered', text: printable(line) })),
  ];
  return { ...view, detail: { ...detail, messages: [...messages, ...detail.messages], fault: undefined } };
}

function withMessages(detail: Detail, { messages, lost }: ObservedBody): Detail {
  const own = messages.filter((one) => poolOf(one) === detail.pool && one.session === detail.id);
  const added = own.map(({ direction, time, text }): Message => ({ kind: direction, time, text: printable(text) }));
  if (lost !== undefined) added.push({ kind: 'lost', text: `${lost} not shown: more passed than can be` });
  const all = [...detail.messages, ...added].slice(-mostMessages);
  // What is read stays where it is.
  const back = detail.back === 0 ? 0 : Math.min(all.length - 1, detail.back + added.length);
  return { ...detail, messages: all, back, fault: undefined };
}

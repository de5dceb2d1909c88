/** Draws the model as a page, and takes its keys. All that others have written becomes text, and nothing else. */
import { actOf } from '../model/keys.ts';
import { Store } from '../model/store.ts';
import type { Column, Order, Row } from '../model/table.ts';
import { sections, titles, type Section } from '../model/tables.ts';
import { titleOf } from '../model/title.ts';
import { marks, timeOfDay, type Message } from '../model/message.ts';
import { selectedAt, shownTable, type Detail } from '../model/view.ts';
import type { PageEvent } from './events.ts';

const store = new Store();
const { dispatch, view } = store;

/** Of the page, whose elements are in it from the beginning. */
function element<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

function made(name: string, text: string, of: Readonly<Record<string, string>> = {}): HTMLElement {
  const one = document.createElement(name);
  one.textContent = text;
  for (const [attribute, value] of Object.entries(of)) one.setAttribute(attribute, value);
  return one;
}

const [head, body] = [document.querySelector('thead')!, document.querySelector('tbody')!];
const filter = element<HTMLInputElement>('filter');
const list = element<HTMLOListElement>('messages');
/** Rows that a page key moves by. */
const page = 15;

function draw(): void {
  drawTitle();
  drawTabs();
  drawTable();
  drawDetail();
}

function drawTitle(): void {
  const { title, summary, fault } = titleOf(view());
  const heading = element('title');
  if (heading.textContent !== title) heading.textContent = document.title = title;
  setText(element('summary'), fault === undefined ? summary : '');
  // Alone is announced: the summary changes all the time.
  setText(element('fault'), fault ?? '');
}

function drawTabs(): void {
  const { section } = view();
  for (const tab of element('tabs').children) {
    const isShown = (tab as HTMLElement).dataset['section'] === section;
    tab.setAttribute('aria-selected', String(isShown));
    (tab as HTMLElement).tabIndex = isShown ? 0 : -1;
    if (isShown) element('panel').setAttribute('aria-labelledby', tab.id);
  }
}

/** What the head shows, so that it is drawn again only where that has changed: what has the focus keeps it. */
let headed = '';
/** The rows that are there, by their keys: they change in place, so that a click meets the row that was pointed at. */
const rowsByKey = new Map<string, HTMLElement>();

function drawTable(): void {
  const now = view();
  const { columns, rows, unnamed } = shownTable(now);
  drawHead(columns, now.orders[now.section]);
  const at = selectedAt(now, rows);
  const keys = new Set(rows.map(({ key }) => key));
  for (const [key, row] of rowsByKey) {
    if (keys.has(key)) continue;
    row.remove();
    rowsByKey.delete(key);
  }
  for (const [place, row] of rows.entries()) {
    const drawn = drawRow(row, columns, place === at);
    if (body.children[place] !== drawn) body.insertBefore(drawn, body.children[place] ?? null);
  }
  const empty = element('empty');
  empty.hidden = rows.length > 0;
  setText(empty, now.filter === '' ? `no ${titles[now.section].toLowerCase()}` : `nothing has "${now.filter}"`);
  setText(element('more'), unnamed > 0 ? `${unnamed} not listed` : '');
  if (filter.value !== now.filter && document.activeElement !== filter) filter.value = now.filter;
}

function drawHead(columns: readonly Column[], order: Order): void {
  const wanted = JSON.stringify([columns.map(({ key }) => key), order]);
  if (wanted === headed) return;
  headed = wanted;
  // A row of another table has other cells.
  for (const row of rowsByKey.values()) row.remove();
  rowsByKey.clear();
  const focused = (document.activeElement as HTMLElement | null)?.dataset['column'];
  const row = document.createElement('tr');
  for (const { key, title, numeric } of columns) {
    const sort = key === order.column ? (order.descending ? 'descending' : 'ascending') : 'none';
    const cell = made('th', '', { scope: 'col', 'aria-sort': sort, class: numeric === true ? 'numeric' : '' });
    const mark = sort === 'none' ? '' : sort === 'descending' ? ' ↓' : ' ↑';
    const button = made('button', `${title}${mark}`, { type: 'button', 'data-column': key });
    button.addEventListener('click', () => dispatch({ type: 'sort', by: { column: key } }));
    cell.append(button);
    row.append(cell);
  }
  head.replaceChildren(row);
  if (focused !== undefined) head.querySelector<HTMLElement>(`[data-column="${CSS.escape(focused)}"]`)?.focus();
}

function drawRow({ key, cells, tone, session }: Row, columns: readonly Column[], selected: boolean): HTMLElement {
  let row = rowsByKey.get(key);
  if (row === undefined) {
    row = made('tr', '');
    for (const { numeric, grows } of columns)
      row.append(made('td', '', { class: numeric === true ? 'numeric' : grows === true ? 'grows' : '' }));
    row.addEventListener('click', () => {
      dispatch({ type: 'select', key });
      if (session !== undefined) dispatch({ type: 'open' });
    });
    rowsByKey.set(key, row);
  }
  row.className = tone ?? '';
  row.setAttribute('aria-selected', String(selected));
  row.tabIndex = selected ? 0 : -1;
  for (const [at, { key: column }] of columns.entries()) setText(row.children[at], cells[column]?.text ?? '');
  return row;
}

function setText(of: Element | undefined, text: string): void {
  if (of !== undefined && of.textContent !== text) of.textContent = text;
}

/** Elements of messages that are drawn: they are added to, and not drawn again. */
const drawn: Message[] = [];

function drawDetail(): void {
  const { detail } = view();
  element('detail').hidden = detail === undefined;
  if (detail === undefined) {
    drawn.length = 0;
    list.replaceChildren();
    return;
  }
  const { poolName, id, test, over } = detail;
  element('session').textContent =
    `${poolName} ${id}${test === undefined ? '' : `, ${test}`}${over ? ' has ended' : ''}`;
  drawMessages(detail);
}

function drawMessages({ messages }: Detail): void {
  const follows = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
  const kept = messages.indexOf(drawn.at(-1) as Message);
  if (kept < 0) list.replaceChildren();
  const added = messages.slice(kept + 1).map(({ kind, time, text }) => {
    const front = time === undefined ? '' : `${timeOfDay(time)} `;
    return made('li', `${front}${marks[kind]}${text}`, { class: kind });
  });
  list.append(...added);
  while (list.children.length > messages.length) list.firstElementChild?.remove();
  drawn.splice(0, drawn.length, ...messages);
  if (follows) list.scrollTop = list.scrollHeight;
}

for (const [at, section] of sections.entries()) {
  const tab = made('button', titles[section], {
    type: 'button',
    role: 'tab',
    id: `tab-${section}`,
    'data-section': section,
  });
  tab.setAttribute('aria-controls', 'panel');
  tab.setAttribute('aria-keyshortcuts', String(at + 1));
  tab.addEventListener('click', () => dispatch({ type: 'section', to: section satisfies Section }));
  element('tabs').append(tab);
}
element('close').addEventListener('click', closeDetail);
element('tabs').addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
  event.preventDefault();
  dispatch({ type: 'section', to: event.key === 'ArrowRight' ? 'next' : 'previous' });
  element('tabs').querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
});
filter.addEventListener('input', () => {
  dispatch({ type: 'type', text: filter.value });
  dispatch({ type: 'typed', keep: true });
});
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.activeElement === filter) {
    if (event.key === 'Escape' || event.key === 'Enter') filter.blur();
    return;
  }
  // Buttons take their own keys, and Tab goes on as everywhere.
  if (
    event.key === 'Tab' ||
    (event.target instanceof HTMLButtonElement && (event.key === 'Enter' || event.key === ' '))
  )
    return;
  if (event.key === '/') {
    event.preventDefault();
    filter.focus();
    return;
  }
  const act = actOf(view(), { name: event.key, shift: event.shiftKey }, page);
  if (act === undefined || act.type === 'quit') return;
  if (act.type === 'move' && view().detail !== undefined) return; // the list scrolls by itself
  event.preventDefault();
  if (act.type === 'close') {
    closeDetail();
    return;
  }
  dispatch(act);
  if (act.type === 'move') focusRow();
});

/** What had the focus in the detail is hidden: its row has it then. */
function closeDetail(): void {
  const focused = document.activeElement;
  const isInside = focused === document.body || element('detail').contains(focused);
  dispatch({ type: 'close' });
  if (isInside) focusRow();
}

function focusRow(): void {
  body.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
}

let messages: EventSource | undefined;
let followed = '';

/** The messages of the session that is shown, and of no other one. */
function follow(): void {
  const { detail } = view();
  const wanted = detail === undefined ? '' : new URLSearchParams({ pool: detail.pool, session: detail.id }).toString();
  if (wanted === followed) return;
  followed = wanted;
  messages?.close();
  messages = wanted === '' ? undefined : listen(`messages?${wanted}`);
}

function listen(path: string): EventSource {
  const source = new EventSource(path);
  const of = path === 'status' ? undefined : 'messages';
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as PageEvent;
    if (event.type === 'end') {
      source.close();
      dispatch({ type: 'fault', text: event.text });
    } else if (event.type === 'status') dispatch({ type: 'status', status: event.status, at: performance.now() });
    else if (event.type === 'fault') dispatch({ ...event, of });
    else dispatch(event);
  });
  source.addEventListener('error', () => {
    // Messages that were missed would look as if none had passed.
    if (of === 'messages') source.close();
    if (!isOver) dispatch({ type: 'fault', text: 'carpool watch does not answer: it may have ended', of });
  });
  return source;
}

let isOver = false;
window.addEventListener('pagehide', () => (isOver = true));
store.listen(() => {
  draw();
  follow();
});
draw();
listen('status');

/** All sessions and leases as a table: only the rows that can be seen are elements. */
import type { Entry, EntryState } from '../entries.ts';
import { sorted, type Sorting, type SortKey } from '../selection.ts';
import { countText, numberText, timeText } from '../units.ts';
import { byId, h, oncePerFrame } from './dom.ts';
import type { Store } from './store.ts';

/** Pixels of the page. */
const rowHeight = 30;
const visibleHeight = 480;
/** Rows above and below those that can be seen. */
const margin = 8;
/** Rows that are printed. */
const mostPrinted = 200;

const columns: readonly { readonly key: SortKey; readonly name: string; readonly of: (entry: Entry) => string }[] = [
  { key: 'title', name: 'Test', of: ({ title }) => title },
  {
    key: 'file',
    name: 'File',
    of: ({ file = '', shard }) => (shard === undefined ? file : `${file} · shard ${shard}`),
  },
  { key: 'of', name: 'Of', of: ({ of }) => of },
  { key: 'since', name: 'Begin', of: ({ since }) => timeText(since) },
  { key: 'waited', name: 'Waited', of: ({ waited }) => timeText(waited) },
  { key: 'opening', name: 'Opened in', of: ({ kind, opening }) => (kind === 'session' ? timeText(opening) : '') },
  { key: 'held', name: 'Held', of: ({ held }) => timeText(held) },
  { key: 'state', name: 'State', of: ({ state }) => stateText[state] },
];

export const stateText: Readonly<Record<EntryState, string>> = {
  ok: 'ok',
  failed: '✕ test failed',
  none: '∅ got nothing',
  unconfirmed: '? end not confirmed',
};

export class Table {
  readonly #store: Store;
  readonly #scroller: HTMLElement;
  readonly #body: HTMLElement;
  readonly #table: HTMLElement;
  readonly #heads = new Map<SortKey, HTMLElement>();
  #sorting: Sorting = { key: 'since', descending: false };
  #entries: readonly Entry[] = [];
  /** The row that has the focus, or gets it. */
  #current = 0;
  #printing = false;

  constructor(place: HTMLElement, store: Store) {
    this.#store = store;
    this.#body = h('tbody');
    this.#table = h(
      'table',
      { role: 'grid', 'aria-labelledby': 'entries-title', keydown: (event) => this.#key(event as KeyboardEvent) },
      h('thead', {}, h('tr', { 'aria-rowindex': 1 }, ...columns.map(({ key, name }) => this.#head(key, name)))),
      this.#body,
    );
    this.#scroller = h('div', { class: 'scroller' }, this.#table);
    place.append(this.#scroller);
    const render = oncePerFrame(() => this.#render());
    this.#scroller.addEventListener('scroll', render, { passive: true });
    this.#body.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest<HTMLElement>('tr[data-at]') : null;
      if (row !== null) this.#select(Number(row.dataset['at']));
    });
    store.onChange((change) => {
      if (change === 'filter') this.#arrange();
      if (change === 'selected') this.#follow();
    });
    addEventListener('beforeprint', () => this.#print(true));
    addEventListener('afterprint', () => this.#print(false));
    this.#arrange();
  }

  /** In this order, for the arrows of the timeline. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** The row that had the focus last has it again. @returns false if there is no row */
  focusRow(): boolean {
    if (this.#entries.length === 0) return false;
    this.#focus()?.scrollIntoView({ block: 'nearest' });
    return true;
  }

  #head(key: SortKey, name: string): HTMLElement {
    const sort = h('button', { type: 'button', click: () => this.#sort(key) }, name);
    const head = h('th', { scope: 'col', class: `c-${key}` }, sort);
    this.#heads.set(key, head);
    return head;
  }

  #sort(key: SortKey): void {
    const same = this.#sorting.key === key;
    // Of times the longest are wanted first.
    const descending = same ? !this.#sorting.descending : ['waited', 'opening', 'held'].includes(key);
    this.#sorting = { key, descending };
    this.#arrange();
  }

  #arrange(): void {
    this.#entries = sorted(this.#store.shown, this.#sorting);
    for (const [key, head] of this.#heads) {
      if (key === this.#sorting.key)
        head.setAttribute('aria-sort', this.#sorting.descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    this.#table.setAttribute('aria-rowcount', String(this.#entries.length + 1));
    const all = this.#store.run.entries.length;
    const shown = this.#entries.length;
    byId('count').textContent =
      shown === all ? countText(all, 'call') : `${numberText(shown)} of ${countText(all, 'call')}`;
    this.#current = 0;
    this.#scroller.style.height = `${Math.min(shown * rowHeight + 36, visibleHeight)}px`;
    this.#scroller.scrollTop = 0;
    this.#render();
  }

  #render(): void {
    const { scrollTop, clientHeight } = this.#scroller;
    const entries = this.#entries;
    const from = this.#printing ? 0 : Math.max(Math.floor(scrollTop / rowHeight) - margin, 0);
    const seen = Math.ceil((clientHeight || visibleHeight) / rowHeight) + 2 * margin;
    const to = Math.min(this.#printing ? mostPrinted : from + seen, entries.length);
    const rows = entries.slice(from, to).map((entry, at) => this.#row(entry, from + at));
    const focused = this.#body.contains(document.activeElement);
    this.#body.replaceChildren(space(from), ...rows, space(this.#printing ? 0 : entries.length - to));
    if (entries.length === 0)
      this.#body.append(h('tr', {}, h('td', { class: 'empty' }, 'Nothing matches the filter.')));
    if (this.#printing && entries.length > to)
      this.#body.append(
        h(
          'tr',
          {},
          h('td', { class: 'empty' }, `and ${numberText(entries.length - to)} others, which are not printed`),
        ),
      );
    if (focused) this.#body.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
  }

  #row(entry: Entry, at: number): HTMLElement {
    const cells = columns.map(({ key, of }) => {
      const text = of(entry);
      return h('td', { class: `c-${key}`, title: key === 'title' || key === 'file' ? text : undefined }, text);
    });
    return h(
      'tr',
      {
        'data-at': at,
        'aria-rowindex': at + 2,
        'aria-selected': String(this.#store.selected?.entry === entry),
        tabindex: at === this.#current ? 0 : -1,
        class: `s-${entry.state}`,
      },
      ...cells,
    );
  }

  #select(at: number): void {
    const entry = this.#entries[at];
    if (entry === undefined) return;
    this.#current = at;
    this.#store.select({ entry });
    this.#focus();
  }

  #key(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLTableRowElement)) return;
    const page = Math.floor(this.#scroller.clientHeight / rowHeight) - 2;
    const by: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    const step = by[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      this.#select(this.#current);
      if (event.key === 'Enter') byId('details').focus();
    } else if (step === undefined) return;
    else {
      this.#current = Math.min(Math.max(this.#current + step, 0), this.#entries.length - 1);
      this.#focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #focus(): HTMLElement | null {
    this.#scrollToCurrent();
    this.#render();
    const row = this.#body.querySelector<HTMLElement>('tr[tabindex="0"]');
    row?.focus({ preventScroll: true });
    return row;
  }

  /** Something else was selected, elsewhere. */
  #follow(): void {
    const entry = this.#store.selected?.entry;
    const at = entry === undefined ? -1 : this.#entries.indexOf(entry);
    if (at >= 0 && at !== this.#current) {
      this.#current = at;
      this.#scrollToCurrent();
    }
    this.#render();
  }

  #scrollToCurrent(): void {
    const [top, { scrollTop, clientHeight }] = [this.#current * rowHeight, this.#scroller];
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + rowHeight + 36 > scrollTop + clientHeight)
      this.#scroller.scrollTop = top + rowHeight + 36 - clientHeight;
  }

  #print(printing: boolean): void {
    this.#printing = printing;
    this.#render();
  }
}

/** As high as so many rows. */
function space(rows: number): HTMLElement {
  const cell = h('td');
  cell.style.height = `${rows * rowHeight}px`;
  return h('tr', { class: 'space', 'aria-hidden': 'true', hidden: rows === 0 }, cell);
}

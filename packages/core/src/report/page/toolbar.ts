/** What is shown, and how near. */
import type { RowsBy } from '../rows.ts';
import type { ShownState } from '../selection.ts';
import { h } from './dom.ts';
import type { Store } from './store.ts';

const states: Readonly<Record<ShownState, string>> = {
  all: 'All calls',
  waited: 'Waited',
  failed: 'Failed',
  none: 'Got nothing',
};
const rows: Readonly<Record<RowsBy, string>> = {
  child: 'Rows by child',
  worker: 'Rows by test process',
  file: 'Rows by test file',
};

export function toolbar(place: HTMLElement, store: Store): void {
  const search = h('input', {
    type: 'search',
    id: 'filter',
    placeholder: 'Filter by test or file',
    'aria-label': 'Filter by test or file',
    autocomplete: 'off',
    spellcheck: 'false',
    input: () => narrow(),
  });
  const ofAll = [...new Set(store.run.entries.map(({ of }) => of))].toSorted();
  const of = select('What was shared', [['', 'All pools and locks'], ...ofAll.map((one) => [one, one] as const)], () =>
    narrow(),
  );
  const state = select('Which calls', Object.entries(states), () => narrow());
  const by = select('Rows', Object.entries(rows), () => store.group(by.value as RowsBy));
  const narrow = (): void =>
    store.narrow({ text: search.value, of: of.value === '' ? undefined : of.value, state: state.value as ShownState });
  const button = (name: string, title: string, click: () => void): HTMLElement =>
    h('button', { type: 'button', class: 'button', title, 'aria-label': title, click }, name);
  place.append(
    search,
    of,
    state,
    by,
    h(
      'div',
      { class: 'group', role: 'group', 'aria-label': 'Zoom' },
      button('−', 'Zoom out', () => store.zoom(2)),
      button('+', 'Zoom in', () => store.zoom(0.5)),
      button('All', 'All: show the whole run', () => store.look(store.whole)),
    ),
  );
  store.onChange((change) => {
    if (change !== 'filter') return;
    // A finding, or a key, may have changed it.
    if (search.value !== store.filter.text) search.value = store.filter.text;
    of.value = store.filter.of ?? '';
    state.value = store.filter.state;
  });
}

function select(label: string, options: readonly (readonly [string, string])[], change: () => void): HTMLSelectElement {
  return h('select', { 'aria-label': label, change }, ...options.map(([value, text]) => h('option', { value }, text)));
}

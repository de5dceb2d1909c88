/** The keyboard of the timeline and of the page. */
import { timeText } from '../units.ts';
import { byId, h } from './dom.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';

const help: readonly (readonly [string, string])[] = [
  ['+ −', 'zoom in, zoom out'],
  ['← →', 'pan; with Shift by a whole window'],
  ['0', 'show the whole run'],
  ['↑ ↓', 'select the one before, or after, in the order of the table'],
  ['f', 'zoom to what is selected'],
  ['Enter', 'go to the details of what is selected'],
  ['/', 'filter'],
  ['Esc', 'end the selection, then the filter'],
  ['?', 'this list'],
];
const mouse: readonly (readonly [string, string])[] = [
  ['Drag', 'zoom to that part; double-click shows all'],
  ['Ctrl + wheel, pinch', 'zoom'],
  ['Wheel sideways, Shift + drag', 'pan'],
];

export function listenToKeys(timeline: HTMLElement, store: Store, table: Table): void {
  const dialog = byId('keys') as HTMLDialogElement;
  const rows = (all: readonly (readonly [string, string])[]): HTMLElement =>
    h(
      'dl',
      { class: 'keys' },
      ...all.map(([key, does]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, does))),
    );
  dialog.append(
    h('h2', { id: 'keys-title' }, 'Keys of the timeline'),
    rows(help),
    h('h3', {}, 'Mouse and touch'),
    rows(mouse),
    h(
      'p',
      { class: 'muted' },
      'In the table the arrows, Page Up, Page Down, Home and End go from row to row; Space and Enter select.',
    ),
    h('button', { type: 'button', class: 'button', click: () => dialog.close() }, 'Close'),
  );
  byId('help').addEventListener('click', () => dialog.showModal());
  timeline.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!act(event, store, table)) return;
    if (changesWindow.has(event.key)) tellWindow(store);
    event.preventDefault();
    event.stopPropagation();
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === 'Escape') {
      if (store.selected !== undefined) store.select(undefined);
      else store.narrow({ text: '', state: 'all' });
    } else if (typing) return;
    else if (event.key === '/') byId('filter').focus();
    else if (event.key === '?') dialog.showModal();
    else return;
    event.preventDefault();
  });
}

const changesWindow: ReadonlySet<string> = new Set(['+', '=', '-', '0', 'f', 'ArrowLeft', 'ArrowRight']);

function tellWindow({ window: { min, max } }: Store): void {
  byId('live').textContent = `From ${timeText(min)} to ${timeText(max)}`;
}

/** False: it is no key of the timeline. */
function act({ key, shiftKey }: KeyboardEvent, store: Store, table: Table): boolean {
  switch (key) {
    case '+':
    case '=':
      store.zoom(0.5);
      return true;
    case '-':
      store.zoom(2);
      return true;
    case '0':
      store.look(store.whole);
      return true;
    case 'ArrowLeft':
      store.pan(shiftKey ? -1 : -0.15);
      return true;
    case 'ArrowRight':
      store.pan(shiftKey ? 1 : 0.15);
      return true;
    case 'ArrowUp':
      step(-1, store, table);
      return true;
    case 'ArrowDown':
      step(1, store, table);
      return true;
    case 'f':
      fit(store);
      return true;
    case 'Enter':
      if (store.selected !== undefined) byId('details').focus();
      return true;
    default:
      return false;
  }
}

function step(by: 1 | -1, store: Store, table: Table): void {
  const { entries } = table;
  const { entry: now } = store.selected ?? {};
  const at = now === undefined ? (by === 1 ? -1 : entries.length) : entries.indexOf(now);
  const entry = entries[Math.min(Math.max(at + by, 0), entries.length - 1)];
  if (entry !== undefined) store.select({ entry });
}

function fit(store: Store): void {
  const it = store.selected?.entry ?? store.selected?.child;
  if (it === undefined) return;
  const margin = Math.max((it.over - it.since) * 0.1, 0.2);
  store.look({ min: it.since - margin, max: it.over + margin });
}

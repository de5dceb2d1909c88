/** The page: reads what is embedded, and shows it. */
import { merged } from '../entries.ts';
import { unpackRuns } from '../packed-runs.ts';
import { dataElement, type PageData } from '../page-data.ts';
import type { RecordedRun } from '../recorded-run.ts';
import { runNames } from '../run-names.ts';
import { countText, numberText, timeText } from '../units.ts';
import { details } from './details.ts';
import { byId, h } from './dom.ts';
import { listenToKeys } from './keys.ts';
import { overview } from './overview.ts';
import { Store } from './store.ts';
import { summary } from './summary.ts';
import { Table } from './table.ts';
import { Timeline } from './timeline.ts';
import { toolbar } from './toolbar.ts';

const data = JSON.parse(byId(dataElement).textContent ?? '') as PageData;
const runs = unpackRuns(data);
const store = new Store(merged(runs));
const names = runNames(runs.map(({ header }) => header));

document.title = `carpool report: ${runs.map(({ header }) => header.folder.split(/[\\/]/).at(-1) ?? '').join(', ')}`;
byId('runs').replaceChildren(...runs.map((run) => h('li', {}, ...headline(run))));
byId('footer').textContent = [
  `Written by carpool ${data.carpool}, ${utc(data.written)}.`,
  ...(data.omitted > 0
    ? [`${numberText(data.omitted)} events are left out, because there were too many for a page.`]
    : []),
  runs.length > 1 ? 'Times are from the begin of the first run.' : 'Times are from the begin of the run.',
].join(' ');

const table = new Table(byId('table'), store);
toolbar(byId('toolbar'), store);
overview(byId('overview'), store);
const timeline = new Timeline(byId('lanes'), store, names);
details(byId('details'), store, {
  runs,
  messages: data.messages,
  names: runs.length > 1 ? names : [],
  table,
  timeline: timeline.element,
});
summary(store, runs, names);
listenToKeys(timeline.element, store, table);
legend();
themes();

function headline({ header: { runner, folder, zero, pid, carpool }, duration }: RecordedRun): (HTMLElement | string)[] {
  return [
    h('strong', {}, folder),
    ` ${[runner, utc(zero), timeText(duration), `host ${pid}`, `carpool ${carpool}`].filter((it) => it !== undefined).join(' · ')}`,
  ];
}

function utc(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function legend(): void {
  const all = [
    ['wait', 'waits'],
    ['opening', 'opens'],
    ['held', 'session'],
    ['failed', 'its test failed'],
    ['lease', 'lock, semaphore, port, value'],
    ['starting', 'child starts'],
    ['child', 'child'],
  ] as const;
  byId('legend').replaceChildren(
    ...all.map(([name, text]) => h('li', {}, h('span', { class: `swatch p-${name}`, 'aria-hidden': 'true' }), text)),
  );
}

/** System, light, dark, and again. */
function themes(): void {
  const button = byId('theme');
  const all = ['system', 'light', 'dark'] as const;
  const query = matchMedia('(prefers-color-scheme: dark)');
  let at = 0;
  button.addEventListener('click', () => {
    at = (at + 1) % all.length;
    const theme = all[at] ?? 'system';
    button.textContent = `Theme: ${theme}`;
    document.documentElement.style.colorScheme = theme === 'system' ? '' : theme;
    store.repaint();
  });
  query.addEventListener('change', () => store.repaint());
  // Paper is white.
  const before = (): void => {
    document.documentElement.style.colorScheme = 'light';
    store.repaint();
  };
  const after = (): void => {
    document.documentElement.style.colorScheme = all[at] === 'system' ? '' : (all[at] ?? '');
    store.repaint();
  };
  addEventListener('beforeprint', before);
  addEventListener('afterprint', after);
}

document.documentElement.dataset['ready'] = countText(store.run.entries.length, 'call');

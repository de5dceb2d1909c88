/** How much was held and how many calls waited, over the whole run; the part that the timeline shows is marked, and chosen here. */
import uPlot from 'uplot';
import { concurrency, peaks } from '../concurrency.ts';
import { numberText } from '../units.ts';
import { axisText, axisUnit } from '../axis.ts';
import { h, oncePerFrame } from './dom.ts';
import type { Store } from './store.ts';
import { colours, type Colours } from './theme.ts';

/** Pixels of the page. */
const height = 92;
const mostSteps = 360;

export function overview(place: HTMLElement, store: Store): void {
  const { times, held, waiting } = concurrency(store.run, mostSteps);
  const most = Math.max(1, ...held, ...waiting);
  let paint: Colours = colours();
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const area = (name: 'held' | 'wait', alpha: number): uPlot.Series => ({
    width: 1.5,
    stroke: () => paint[name],
    fill: () => faded(paint[name], alpha),
    points: { show: false },
    ...(stepped !== undefined && { paths: stepped }),
  });
  const peak = peaks(store.run);
  const swatch = (name: string): HTMLElement => h('span', { class: `swatch p-${name}`, 'aria-hidden': 'true' });
  place.append(
    h(
      'ul',
      { class: 'legend', 'aria-label': 'Over time' },
      h('li', {}, swatch('held'), `held, at most ${numberText(peak.held)} at a time`),
      h('li', {}, swatch('wait'), `waiting, at most ${numberText(peak.waiting)} at a time`),
    ),
  );
  const plot = new uPlot(
    {
      width: 300,
      height,
      padding: [6, 12, 0, 12],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 4 } },
      scales: { x: { time: false, range: () => [0, store.whole.max] }, y: { range: () => [0, most * 1.08] } },
      series: [{}, area('held', 0.22), area('wait', 0.3)],
      axes: [
        {
          size: 26,
          gap: 6,
          stroke: () => paint.muted,
          grid: { show: false },
          ticks: { show: false },
          font: '11px system-ui, sans-serif',
          space: 84,
          values: (_, splits) => splits.map((time) => axisText(time, axisUnit(splits))),
        },
        { show: false },
      ],
      hooks: {
        setSelect: [
          (u) => {
            const { left, width } = u.select;
            if (width >= 4) store.look({ min: u.posToVal(left, 'x'), max: u.posToVal(left + width, 'x') });
            mark();
          },
        ],
      },
    },
    [[...times], [...held], [...waiting]],
    place,
  );
  const mark = oncePerFrame(() => {
    const { min, max } = store.window;
    const [left, right] = [plot.valToPos(min, 'x'), plot.valToPos(max, 'x')];
    plot.setSelect({ left, top: 0, width: Math.max(right - left, 2), height: plot.over.clientHeight }, false);
  });
  const fit = (): void => {
    if (place.clientWidth === 0) return;
    plot.setSize({ width: place.clientWidth, height });
    mark();
  };
  plot.over.addEventListener('click', ({ offsetX }) => {
    const { min, max } = store.window;
    const middle = plot.posToVal(offsetX, 'x');
    store.look({ min: middle - (max - min) / 2, max: middle + (max - min) / 2 });
  });
  plot.over.addEventListener('dblclick', () => store.look(store.whole));
  new ResizeObserver(fit).observe(place);
  fit();
  store.onChange((change) => {
    if (change === 'window') mark();
    if (change !== 'theme') return;
    paint = colours();
    plot.redraw();
  });
}

/** @param colour as computed styles have it: `rgb(1, 2, 3)` */
function faded(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

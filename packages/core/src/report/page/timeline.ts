/** The timeline: a chart whose axis, zoom and cursor are uPlot's, and whose rows are drawn here. */
import uPlot from 'uplot';
import { firstAfter, firstRowBelow, rowsOf, type Item, type Rows } from '../rows.ts';
import { h, oncePerFrame } from './dom.ts';
import { draw } from './draw.ts';
import { listenToPointers } from './pointers.ts';
import type { Selected, Store } from './store.ts';
import { colours, type Colours } from './theme.ts';
import { axisText, axisUnit } from '../axis.ts';
import { showTooltip } from './tooltip.ts';

/** Pixels of the page. */
const axisHeight = 30;
const least = 180;

export class Timeline {
  readonly #store: Store;
  readonly #runNames: readonly string[];
  readonly #scroller: HTMLElement;
  readonly #sizer: HTMLElement;
  readonly #plot: uPlot;
  readonly redraw: () => void;
  #rows: Rows;
  #colours: Colours = colours();

  constructor(place: HTMLElement, store: Store, runNames: readonly string[]) {
    this.#store = store;
    this.#runNames = runNames;
    this.#rows = rowsOf(store.run, store.rowsBy, runNames);
    this.#sizer = h('div', { class: 'sizer' });
    this.#scroller = h(
      'div',
      {
        class: 'scroller',
        tabindex: 0,
        role: 'application',
        'aria-roledescription': 'timeline',
        'aria-describedby': 'timeline-keys',
        'aria-label': 'Timeline',
      },
      this.#sizer,
    );
    const keys =
      'Plus and minus zoom, the arrows left and right pan, the arrows up and down select another session, 0 shows all. The table below has the same sessions.';
    place.append(this.#scroller, h('p', { id: 'timeline-keys', class: 'hidden' }, keys));
    this.#plot = this.#chart();
    this.redraw = oncePerFrame(() => this.#plot.setScale('x', this.#store.window));
    this.#fit();
    new ResizeObserver(() => this.#fit()).observe(place);
    this.#scroller.addEventListener('scroll', () => this.redraw(), { passive: true });
    store.onChange((change) => {
      if (change === 'rows') this.#regroup();
      if (change === 'theme') this.#colours = colours();
      if (change === 'selected') this.#scrollTo(store.selected);
      this.redraw();
    });
    listenToPointers(this.#plot.over, { store, at: (left) => this.#plot.posToVal(left, 'x') });
  }

  get element(): HTMLElement {
    return this.#scroller;
  }

  #chart(): uPlot {
    const { store } = { store: this.#store };
    const line = (): string => this.#colours.line;
    const plot: uPlot = new uPlot(
      {
        width: 300,
        height: least,
        padding: [0, 12, 0, 12],
        legend: { show: false },
        cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 4 } },
        scales: { x: { time: false, range: () => [store.window.min, store.window.max] }, y: { range: () => [0, 1] } },
        series: [{}, { show: false }],
        axes: [
          {
            side: 0,
            size: axisHeight,
            gap: 4,
            stroke: () => this.#colours.muted,
            grid: { stroke: line, width: 1 },
            ticks: { stroke: line, width: 1, size: 6 },
            font: '11px system-ui, sans-serif',
            space: 84,
            values: (_, splits) => splits.map((time) => axisText(time, axisUnit(splits))),
          },
          { show: false },
        ],
        hooks: {
          draw: [({ ctx: context, bbox }) => this.#draw(context, bbox)],
          setSelect: [
            (u) => {
              const { left, width } = u.select;
              if (width < 4) return;
              store.look({ min: u.posToVal(left, 'x'), max: u.posToVal(left + width, 'x') });
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
          setCursor: [(u) => this.#hover(u)],
        },
      },
      [
        [0, store.whole.max],
        [null, null],
      ],
      this.#sizer,
    );
    plot.over.addEventListener('click', ({ offsetX, offsetY }) => {
      const found = this.#itemAt(offsetX, offsetY);
      this.#store.select(found && selectedOf(found), { reveal: false });
    });
    plot.over.addEventListener('dblclick', () => store.look(store.whole));
    return plot;
  }

  #draw(context: CanvasRenderingContext2D, box: uPlot.BBox): void {
    const { window, selected } = this.#store;
    draw({
      context,
      ratio: uPlot.pxRatio,
      box,
      window,
      rows: this.#rows.rows,
      scrolled: this.#scroller.scrollTop,
      colours: this.#colours,
      selected,
      isShown: (entry) => this.#store.isShown(entry),
    });
  }

  #hover(plot: uPlot): void {
    const { left = -1, top = -1 } = plot.cursor;
    const found = left < 0 || top < 0 ? undefined : this.#itemAt(left, top);
    plot.over.style.cursor = found === undefined ? '' : 'pointer';
    showTooltip(found && selectedOf(found), plot.over, left, top);
  }

  /** What is drawn there. @param left and `top`, in pixels of the page from the corner of the rows */
  #itemAt(left: number, top: number): Item | undefined {
    const y = top + this.#scroller.scrollTop;
    const row = this.#rows.rows[firstRowBelow(this.#rows.rows, y)];
    if (row?.kind !== 'lane' || row.top > y) return undefined;
    // What is narrow is found some pixels beside it, too.
    const [from, to] = [this.#plot.posToVal(left - 3, 'x'), this.#plot.posToVal(left + 3, 'x')];
    const middle = (from + to) / 2;
    const at = firstAfter(row.items, from);
    const near = row.items.slice(at, at + 8).filter((item) => item.from <= to);
    return near.find((item) => item.from <= middle && middle <= item.to) ?? near[0];
  }

  #regroup(): void {
    this.#rows = rowsOf(this.#store.run, this.#store.rowsBy, this.#runNames);
    this.#scroller.scrollTop = 0;
    this.#fit();
  }

  #fit(): void {
    const wanted = this.#rows.height + axisHeight + 8;
    const height = Math.max(Math.min(wanted, Math.max(window.innerHeight * 0.56, 260)), least);
    this.#scroller.style.height = `${height}px`;
    this.#sizer.style.height = `${wanted}px`;
    const { clientWidth: width, clientHeight } = this.#scroller;
    if (width === 0) return;
    this.#plot.setSize({ width, height: clientHeight });
    this.redraw();
  }

  #scrollTo(selected: Selected | undefined): void {
    if (selected === undefined) return;
    const isIt = ({ entry, child }: Item): boolean =>
      selected.entry === undefined ? child === selected.child : entry === selected.entry;
    const row = this.#rows.rows.findLast((one) => one.kind === 'lane' && one.items.some(isIt));
    if (row === undefined) return;
    const { scrollTop, clientHeight } = this.#scroller;
    const visible = clientHeight - axisHeight;
    if (row.top >= scrollTop && row.top + row.height <= scrollTop + visible) return;
    this.#scroller.scrollTop = Math.max(row.top - visible / 2, 0);
  }
}

function selectedOf({ entry, child }: Item): Selected | undefined {
  if (entry !== undefined) return { entry };
  return child === undefined ? undefined : { child };
}

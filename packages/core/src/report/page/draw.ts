/** Draws the rows of the timeline that can be seen. What is narrower than a pixel is drawn once for each pixel. */
import { startOf } from '../../base/timeline.ts';
import { firstAfter, firstRowBelow, type Item, type LanePart, type Row } from '../rows.ts';
import type { Selected, Window } from './store.ts';
import { hatched, type Colours } from './theme.ts';
import type { Entry } from '../entries.ts';
import { countText } from '../units.ts';

export interface Picture {
  readonly context: CanvasRenderingContext2D;
  /** Pixels of the device for each of the page. */
  readonly ratio: number;
  /** Where it is drawn, in pixels of the device. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly window: Window;
  readonly rows: readonly Row[];
  /** What is above the picture, in pixels of the page. */
  readonly scrolled: number;
  readonly colours: Colours;
  readonly selected: Selected | undefined;
  readonly isShown: (entry: Entry) => boolean;
}

/** Pixels from which a bar has its name. */
const roomForText = 36;

export function draw(picture: Picture): void {
  const { context, box, rows, scrolled, ratio } = picture;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  const painter = new Painter(picture);
  for (let at = firstRowBelow(rows, scrolled); at < rows.length; at++) {
    const row = rows[at] as Row;
    const top = box.top + (row.top - scrolled) * ratio;
    if (top > box.top + box.height) break;
    if (row.kind === 'group') painter.group(row.title, row.note, top);
    else painter.lane(row.items, row.part, top + ratio, (row.height - 2) * ratio);
  }
  context.restore();
}

class Painter {
  readonly #picture: Picture;
  readonly #font: string;
  readonly #fills: Readonly<Record<'wait' | 'starting', CanvasPattern | string>>;

  constructor(picture: Picture) {
    this.#picture = picture;
    this.#font = `${11 * picture.ratio}px system-ui, sans-serif`;
    const { context, colours, ratio } = picture;
    this.#fills = { wait: hatched(context, colours.wait, ratio), starting: hatched(context, colours.starting, ratio) };
  }

  group(title: string, note: string, top: number): void {
    const { context, ratio, box, colours } = this.#picture;
    context.fillStyle = colours.surface;
    context.fillRect(box.left, top, box.width, 26 * ratio);
    context.font = `600 ${12 * ratio}px system-ui, sans-serif`;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    context.fillStyle = colours.text;
    const left = box.left + 8 * ratio;
    const middle = top + 13.5 * ratio;
    const room = box.width - 16 * ratio;
    const width = Math.min(context.measureText(title).width, room);
    context.fillText(fitted(context, title, room), left, middle);
    context.font = this.#font;
    context.fillStyle = colours.muted;
    const rest = room - width - 10 * ratio;
    if (rest > 40 * ratio) context.fillText(fitted(context, note, rest), left + width + 10 * ratio, middle);
  }

  lane(items: readonly Item[], part: LanePart, top: number, height: number): void {
    const { window, box, ratio } = this.#picture;
    const scale = box.width / (window.max - window.min);
    const place = (time: number): number => box.left + (time - window.min) * scale;
    const edge = box.left + box.width;
    let drawnTo = -Infinity;
    for (let at = firstAfter(items, window.min); at < items.length; at++) {
      const item = items[at] as Item;
      const left = Math.max(place(item.from), box.left - 4);
      if (left > edge) break;
      const right = Math.min(place(item.to), edge + 4);
      const narrow = right - left < ratio;
      // It is in a pixel that is drawn. What has failed is never left out.
      if (narrow && right <= drawnTo && item.entry?.state !== 'failed' && !this.#isSelected(item)) continue;
      const width = Math.max(right - left, ratio);
      this.#item(item, part, { left, top, width, height }, place);
      drawnTo = left + width;
    }
  }

  #isSelected({ entry, child }: Item): boolean {
    const { selected } = this.#picture;
    return selected !== undefined && (entry === undefined ? selected.child === child : selected.entry === entry);
  }

  #item(item: Item, part: LanePart, box: Box, place: (time: number) => number): void {
    const { context, ratio, colours, isShown } = this.#picture;
    const { entry, child } = item;
    context.globalAlpha = entry !== undefined && !isShown(entry) ? 0.14 : 1;
    if (child !== undefined) this.#child(item, box, place);
    else if (entry !== undefined) this.#entry(entry, part, box, place);
    if (this.#isSelected(item)) {
      context.globalAlpha = 1;
      context.strokeStyle = colours.text;
      context.lineWidth = 2 * ratio;
      context.strokeRect(box.left - ratio, box.top - ratio, box.width + 2 * ratio, box.height + 2 * ratio);
    }
    context.globalAlpha = 1;
  }

  #child({ child }: Item, box: Box, place: (time: number) => number): void {
    if (child === undefined) return;
    const { context, colours, ratio } = this.#picture;
    const { event, since } = child;
    const readyAt = clamp(place(since + (startOf(event) ?? 0)), box);
    context.fillStyle = this.#fills.starting;
    context.fillRect(box.left, box.top, readyAt - box.left, box.height);
    context.fillStyle = colours.child;
    context.fillRect(readyAt, box.top, box.left + box.width - readyAt, box.height);
    if (event.failure !== undefined) {
      context.fillStyle = colours.failed;
      context.fillRect(box.left + box.width - 3 * ratio, box.top, 3 * ratio, box.height);
    }
    const name = event.pid === undefined ? 'child' : `child ${event.pid}`;
    this.#text(
      `${name} · ${countText(event.sessions, 'session')}`,
      { ...box, left: readyAt, width: box.left + box.width - readyAt },
      colours.text,
    );
  }

  #entry(entry: Entry, part: LanePart, box: Box, place: (time: number) => number): void {
    const { context, colours, ratio } = this.#picture;
    const [granted, opened] = [
      clamp(place(entry.granted ?? entry.over), box),
      clamp(place(entry.opened ?? entry.granted ?? entry.over), box),
    ];
    const end = box.left + box.width;
    const failed = entry.state === 'failed';
    if (part === 'wait' || part === 'whole') {
      const to = part === 'wait' ? end : granted;
      // In a few pixels a pattern is not seen.
      context.fillStyle = to - box.left < 8 * ratio ? colours.wait : this.#fills.wait;
      const inset = part === 'whole' ? 4 * ratio : 0;
      context.fillRect(box.left, box.top + inset, to - box.left, box.height - 2 * inset);
      if (entry.state === 'none') this.#mark(to, box);
      if (part === 'wait') return;
    }
    const from = part === 'whole' ? granted : box.left;
    context.fillStyle = colours.opening;
    context.fillRect(from, box.top, opened - from, box.height);
    context.fillStyle = failed ? colours.failed : entry.kind === 'lease' ? colours.lease : colours.held;
    // Neighbours have a line between them.
    const width = end - opened - (end - opened > 3 * ratio ? ratio : 0);
    if (width >= 6 * ratio) round(context, { ...box, left: opened, width }, 2 * ratio);
    else context.fillRect(opened, box.top, width, box.height);
    const text = `${failed ? '✕ ' : ''}${entry.title}`;
    if (entry.granted !== undefined) this.#text(text, { ...box, left: opened, width }, colours['on-bar']);
  }

  /** What was asked for never came. */
  #mark(at: number, { top, height }: Box): void {
    const { context, colours, ratio } = this.#picture;
    context.fillStyle = colours.failed;
    context.fillRect(at - 2 * ratio, top, 2 * ratio, height);
  }

  #text(text: string, { left, top, width, height }: Box, colour: string): void {
    const { context, ratio, box } = this.#picture;
    const from = Math.max(left, box.left);
    const room = Math.min(left + width, box.left + box.width) - from - 8 * ratio;
    if (room < roomForText * ratio) return;
    context.font = this.#font;
    context.textBaseline = 'middle';
    context.textAlign = 'left';
    context.fillStyle = colour;
    context.fillText(fitted(context, text, room), from + 4 * ratio, top + height / 2 + ratio / 2);
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function clamp(x: number, { left, width }: Box): number {
  return Math.min(Math.max(x, left), left + width);
}

function round(context: CanvasRenderingContext2D, { left, top, width, height }: Box, radius: number): void {
  context.beginPath();
  context.roundRect(left, top, width, height, radius);
  context.fill();
}

/** The text, or as much of it as there is room for. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  const begin = text.slice(0, 240);
  const { width } = context.measureText(begin);
  if (width <= room) return begin;
  const most = Math.floor((begin.length * room) / width) - 1;
  return most < 1 ? '' : `${begin.slice(0, most)}…`;
}

/** What is looked at: all parts of the page show it, and are told of changes. */
import type { ChildLife, Entry, Merged } from '../entries.ts';
import type { RowsBy } from '../rows.ts';
import { isFiltering, matcher, noFilter, type Filter } from '../selection.ts';

export type Selected =
  | { readonly entry: Entry; readonly child?: never }
  | { readonly child: ChildLife; readonly entry?: never };

/** Milliseconds. */
export interface Window {
  readonly min: number;
  readonly max: number;
}

export type Change = 'window' | 'filter' | 'rows' | 'selected' | 'theme';

/** Milliseconds that fill the timeline where it is largest. */
const shortest = 0.5;

export class Store {
  readonly run: Merged;
  /** The begin and the end of all. */
  readonly whole: Window;
  readonly #listeners: ((change: Change) => void)[] = [];
  #window: Window;
  #filter: Filter = noFilter;
  #shown: ReadonlySet<Entry> | undefined;
  #rowsBy: RowsBy = 'child';
  #selected: Selected | undefined;

  constructor(run: Merged) {
    this.run = run;
    this.whole = { min: 0, max: Math.max(run.duration, 1) };
    this.#window = this.whole;
  }

  get window(): Window {
    return this.#window;
  }

  get filter(): Filter {
    return this.#filter;
  }

  get rowsBy(): RowsBy {
    return this.#rowsBy;
  }

  get selected(): Selected | undefined {
    return this.#selected;
  }

  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  /** True where no filter leaves it out. */
  isShown(entry: Entry): boolean {
    return this.#shown?.has(entry) ?? true;
  }

  get shown(): readonly Entry[] {
    return this.#shown === undefined ? this.run.entries : [...this.#shown];
  }

  /** As near to this as the run allows. */
  look({ min, max }: Window): void {
    const length = Math.min(Math.max(max - min, shortest), this.whole.max);
    const middle = (min + max) / 2;
    const begin = Math.min(Math.max(middle - length / 2, 0), this.whole.max - length);
    this.#window = { min: begin, max: begin + length };
    this.#tell('window');
  }

  /** @param by below 1: nearer. @param around the moment that stays where it is; default: the middle */
  zoom(by: number, around: number = (this.#window.min + this.#window.max) / 2): void {
    const { min, max } = this.#window;
    if (by < 1 && max - min <= shortest) return;
    this.look({ min: around - (around - min) * by, max: around + (max - around) * by });
  }

  /** @param by of its length */
  pan(by: number): void {
    const { min, max } = this.#window;
    this.look({ min: min + (max - min) * by, max: max + (max - min) * by });
  }

  narrow(filter: Filter): void {
    this.#filter = filter;
    this.#shown = isFiltering(filter) ? new Set(this.run.entries.filter(matcher(filter))) : undefined;
    this.#tell('filter');
  }

  group(by: RowsBy): void {
    this.#rowsBy = by;
    this.#tell('rows');
  }

  /** @param reveal the timeline goes there, if it is elsewhere */
  select(selected: Selected | undefined, { reveal = true }: { readonly reveal?: boolean } = {}): void {
    this.#selected = selected;
    if (selected !== undefined && reveal) this.#reveal(selected.entry ?? selected.child);
    this.#tell('selected');
  }

  repaint(): void {
    this.#tell('theme');
  }

  #reveal({ since, over }: { readonly since: number; readonly over: number }): void {
    const { min, max } = this.#window;
    const length = max - min;
    if (since <= max && over >= min && over - since >= length / 400) return;
    const wanted = Math.min(length, Math.max((over - since) * 8, shortest));
    const middle = (since + over) / 2;
    this.look({ min: middle - wanted / 2, max: middle + wanted / 2 });
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

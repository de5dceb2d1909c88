/** Which entries are shown, and in which order. Pure. */
import type { Entry } from './entries.ts';

export const shownStates = ['all', 'waited', 'failed', 'none'] as const;
/** waited: a millisecond or more. none: the call got nothing. */
export type ShownState = (typeof shownStates)[number];

export interface Filter {
  /** Each of its words is in the test, its file, its shard or what it is of; any case. */
  readonly text: string;
  /** As in `Entry`; undefined: any. */
  readonly of?: string | undefined;
  readonly state: ShownState;
}

export const noFilter: Filter = { text: '', state: 'all' };

export function isFiltering({ text, of, state }: Filter): boolean {
  return text.trim() !== '' || of !== undefined || state !== 'all';
}

export function matcher({ text, of, state }: Filter): (entry: Entry) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return (entry) => {
    if (of !== undefined && entry.of !== of) return false;
    if (state === 'waited' && entry.waited < 1) return false;
    if ((state === 'failed' || state === 'none') && entry.state !== state) return false;
    if (words.length === 0) return true;
    const searched =
      `${entry.title}\n${entry.file ?? ''}\n${entry.of}\n${entry.shard ?? ''}\n${entry.worker ?? ''}`.toLowerCase();
    return words.every((word) => searched.includes(word));
  };
}

export type SortKey = 'title' | 'file' | 'of' | 'since' | 'waited' | 'opening' | 'held' | 'state';

export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** Equal ones are in the order of their begins. */
export function sorted(entries: readonly Entry[], { key, descending }: Sorting): Entry[] {
  const sign = descending ? -1 : 1;
  return entries.toSorted((a, b) => sign * compare(a[key] ?? '', b[key] ?? '') || a.index - b.index);
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Those that held the same thing while this one waited for it, the longest overlap first. @param most of them */
export function holdersDuring(waiter: Entry, entries: readonly Entry[], most: number): Entry[] {
  const until = waiter.since + waiter.waited;
  const overlap = ({ granted = 0, over }: Entry): number => Math.min(over, until) - Math.max(granted, waiter.since);
  return entries
    .filter((one) => one !== waiter && one.run === waiter.run && one.of === waiter.of && one.granted !== undefined)
    .filter((one) => overlap(one) > 0)
    .toSorted((a, b) => overlap(b) - overlap(a))
    .slice(0, most);
}

/**
 * What the bucket says of one name: which hosts hold it, and which wait. Pure: each change is a function from one record to
 * the next, which is then written by compare-and-set.
 *
 * Fair between hosts first, round by round, then first in, first out. What waits is not overtaken by what is smaller.
 */
const kinds = ['lock', 'rwlock', 'semaphore', 'once', 'reservation'] as const;
export type RecordKind = (typeof kinds)[number];

/** One that holds, or waits. */
export interface Place {
  /** Random. */
  readonly id: string;
  /** The session of its host. */
  readonly host: string;
  readonly weight: number;
  /** For errors of others: test, file, host. */
  readonly by: string;
  /** Which turn of its host it is: all hosts have one, before one has its next. */
  readonly round?: number | undefined;
  /** Of a reservation. */
  readonly values?: readonly string[] | undefined;
}

export interface NameRecord {
  readonly name: string;
  readonly kind: RecordKind;
  readonly size: number;
  /** The round of what was granted last. */
  readonly round: number;
  readonly held: readonly Place[];
  readonly waiting: readonly Place[];
}

export type NameOf = Pick<NameRecord, 'name' | 'kind' | 'size'>;

export function emptyRecord({ name, kind, size }: NameOf): NameRecord {
  return { name, kind, size, round: 0, held: [], waiting: [] };
}

/** What another host says is a record, or what stands where one is, may be anything. */
export function isRecord(value: unknown): value is NameRecord {
  const { name, kind, size, round, held, waiting } = (value ?? {}) as Partial<Record<keyof NameRecord, unknown>>;
  return (
    typeof name === 'string' &&
    kinds.some((known) => known === kind) &&
    Number.isFinite(size) &&
    Number.isFinite(round) &&
    [held, waiting].every((places) => Array.isArray(places) && places.every(isPlace))
  );
}

function isPlace(value: unknown): value is Place {
  const { id, host, weight, by, round, values } = (value ?? {}) as Partial<Record<keyof Place, unknown>>;
  return (
    [id, host, by].every((text) => typeof text === 'string') &&
    Number.isFinite(weight) &&
    (weight as number) > 0 &&
    (round === undefined || Number.isFinite(round)) &&
    (values === undefined || (Array.isArray(values) && values.every((one) => typeof one === 'string')))
  );
}

export function isIdle({ held, waiting }: NameRecord): boolean {
  return held.length === 0 && waiting.length === 0;
}

/** The record for a request: what is not in use may return as something else. Undefined: it is in use as something else. */
export function recordFor(known: NameRecord | undefined, wanted: NameOf): NameRecord | undefined {
  if (known === undefined || isIdle(known)) return { ...emptyRecord(wanted), round: known?.round ?? 0 };
  return known.kind === wanted.kind && known.size === wanted.size ? known : undefined;
}

export function findPlace(record: NameRecord, id: string): Place | undefined {
  return record.held.find((place) => place.id === id) ?? record.waiting.find((place) => place.id === id);
}

/** Waits, or holds, if it is its turn. What is there already is left alone. */
export function ask(record: NameRecord, place: Place): NameRecord {
  if (findPlace(record, place.id) !== undefined) return record;
  const own = record.waiting.filter(({ host }) => host === place.host);
  const round = Math.max(record.round, own.at(-1)?.round ?? -1) + 1;
  const after = record.waiting.findLastIndex((other) => (other.round ?? 0) <= round) + 1;
  const waiting = record.waiting.toSpliced(after, 0, { ...place, round });
  return advance({ ...record, waiting });
}

/** Holds if it is free and nothing waits; else the record stays. A semaphore's queue is overtaken, as within one run. */
export function askNow(record: NameRecord, place: Place): NameRecord {
  if (findPlace(record, place.id) !== undefined) return record;
  const may = record.kind === 'semaphore' || record.waiting.length === 0;
  return may && place.weight <= free(record) ? { ...record, held: [...record.held, place] } : record;
}

/** Holds those of the values that nothing holds. If there are none, the record stays. */
export function reserve(record: NameRecord, place: Place): NameRecord {
  if (findPlace(record, place.id) !== undefined) return record;
  const taken = new Set(record.held.flatMap(({ values = [] }) => values));
  const values = (place.values ?? []).filter((value) => !taken.has(value));
  return values.length === 0 ? record : { ...record, held: [...record.held, { ...place, values }] };
}

/** @param left what stays of its weight; 0: nothing, also of a wait */
export function giveBack(record: NameRecord, id: string, left: number = 0): NameRecord {
  if (findPlace(record, id) === undefined) return record;
  const reduced = (place: Place): Place[] => {
    if (place.id !== id) return [place];
    return left > 0 ? [{ ...place, weight: Math.min(place.weight, left) }] : [];
  };
  return advance({ ...record, held: record.held.flatMap(reduced), waiting: record.waiting.flatMap(reduced) });
}

/** All that sessions of hosts held or waited for, which are over. */
export function withoutHosts(record: NameRecord, over: (host: string) => boolean): NameRecord {
  const stays = ({ host }: Place): boolean => !over(host);
  if (record.held.every(stays) && record.waiting.every(stays)) return record;
  return advance({ ...record, held: record.held.filter(stays), waiting: record.waiting.filter(stays) });
}

export function free({ kind, size, held }: NameRecord): number {
  return kind === 'reservation' ? size : size - held.reduce((sum, { weight }) => sum + weight, 0);
}

function advance(record: NameRecord): NameRecord {
  let now = record;
  for (;;) {
    const [next, ...waiting] = now.waiting;
    if (next === undefined || next.weight > free(now)) return now;
    now = { ...now, held: [...now.held, next], waiting, round: Math.max(now.round, next.round ?? 0) };
  }
}

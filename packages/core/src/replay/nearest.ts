/** The recorded message that is most like one that was not recorded. */
import type { Recorded } from '../base/transcript-value.ts';
import { compare, isSame, type Compared } from './compare.ts';
import type { RecordedOut } from './recorded-session.ts';

/** Messages that are compared: the first ones that were not sent so far. */
const most = 200;

export interface Nearest {
  readonly out: RecordedOut;
  readonly compared: Compared;
  /** It was sent in another way: by `send`, say, in place of `request`. */
  readonly isOtherKind: boolean;
}

export function nearest(
  { kind, m }: Pick<RecordedOut, 'kind' | 'm'>,
  among: readonly RecordedOut[],
): Nearest | undefined {
  let found: Nearest | undefined;
  let best = -1;
  for (const out of among.slice(0, most)) {
    const isOtherKind = out.kind !== kind;
    const compared = compare(out.m, m, { most: 8 });
    // One that is equal but for its kind is what was meant.
    const likeness = isOtherKind && !isSame(out.m, m) ? compared.likeness / 2 : compared.likeness;
    if (likeness <= best) continue;
    best = likeness;
    found = { out, compared, isOtherKind };
  }
  return found;
}

/** As `nearest`, of values alone. */
export function nearestValue(value: Recorded, among: readonly Recorded[]): Compared | undefined {
  const all = among.slice(0, most).map((other) => compare(other, value, { most: 8 }));
  return all.toSorted((a, b) => b.likeness - a.likeness)[0];
}

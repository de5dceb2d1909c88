/** Who holds the slots of a pool, told so that a stranger can go and look. */
import type { CallSite } from '../base/errors.ts';

/** As far as the adapter knows it. */
export interface HolderLabel {
  readonly test?: string;
  readonly file?: string;
}

export interface Holder extends HolderLabel {
  /** The id of the session; absent while it is being opened. */
  readonly session?: string;
  /** Milliseconds it has held its slot. */
  readonly heldFor: number;
  /** `file:line:column` of the `register` call, as far as it is known. */
  readonly takenAt?: string;
}

/** "held 62 s by "cart › adds an item" (cart.test.ts:14)" */
export function describeHolder(holder: Holder): string {
  const name = holder.test === undefined ? 'a session' : JSON.stringify(holder.test);
  const where = holder.takenAt ?? holder.file;
  return `held ${duration(holder.heldFor)} by ${name}${where === undefined ? '' : ` (${where})`}`;
}

/** The first line of a stack that is not Carpool's own. */
export function placeIn(site: CallSite): string | undefined {
  for (const line of site.stack.split('\n')) {
    const place = /\(?((?:file:\/\/)?[^()\s]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined || place.startsWith('node:')) continue;
    return place.replace(/^file:\/\//, '');
  }
  return undefined;
}

function duration(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 1000)} s`;
}

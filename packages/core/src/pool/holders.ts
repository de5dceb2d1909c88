/** Who holds the slots of a pool, told so that a stranger can go and look. */
import { CarpoolError, type CallSite } from '../base/errors.ts';

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
function describeHolder(holder: Holder): string {
  const name = holder.test === undefined ? 'a session' : JSON.stringify(holder.test);
  const where = holder.takenAt ?? holder.file;
  return `held ${duration(holder.heldFor)} by ${name}${where === undefined ? '' : ` (${where})`}`;
}

/** A pool without a free slot. */
export interface Occupancy {
  readonly pool: string;
  readonly capacity: number;
  readonly queueLimit: number;
  readonly quarantined: number;
  readonly holders: readonly Holder[];
}

/** @param wait the caller would have waited, but the queue is full too */
export function fullError(occupancy: Occupancy, wait: boolean): CarpoolError {
  const { pool, capacity, queueLimit, holders } = occupancy;
  const queue = wait ? `, and ${queueLimit} calls wait already` : '';
  const message = `Cannot register a session: ${slots(capacity, 'is', 'are')} busy in "${pool}"${queue}; ${inWords(occupancy)}`;
  return new CarpoolError('POOL_FULL', message, { context: { pool, holders } });
}

export function queueTimeoutError(occupancy: Occupancy, timeout: number): CarpoolError {
  const { pool, capacity, holders } = occupancy;
  const what = `${slots(capacity, 'was', 'were')} busy in "${pool}" for ${timeout} ms; ${inWords(occupancy)}`;
  const message = `Cannot register a session: ${what}. Unregister sessions (\`await using\`), or raise \`maxSessions\``;
  return new CarpoolError('POOL_QUEUE_TIMEOUT', message, { context: { pool, timeout, holders } });
}

function slots(capacity: number, one: string, many: string): string {
  return capacity === 1 ? `the only slot ${one}` : `all ${capacity} slots ${many}`;
}

function inWords({ holders, quarantined }: Occupancy): string {
  const words = holders.map(describeHolder);
  if (quarantined > 0) words.push(`${quarantined} lost to sessions whose end the child did not confirm`);
  return words.length === 0 ? 'nobody is known to hold one' : words.join(', ');
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

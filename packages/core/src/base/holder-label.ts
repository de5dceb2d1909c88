/** How an error names the holder of a slot or a lease, and where it was taken. */
import { isOwnFrame, type CallSite } from './errors.ts';

/** The holder, as far as the adapter knows it. */
export interface HolderLabel {
  readonly test?: string | undefined;
  readonly file?: string | undefined;
  /** "2/4": of a holder in a shard of `carpool run --shards`. */
  readonly shard?: string | undefined;
  /** Of a holder in another run of the same host: "/code/api, branch fix-db, pid 123". */
  readonly run?: string | undefined;
}

/** Which of several runs of one host. */
export interface HolderRun {
  readonly id: string;
  /** As in `HolderLabel`. */
  readonly name: string;
}

export interface Holding extends HolderLabel {
  /** Milliseconds for which it has been held. */
  readonly heldFor: number;
  /** `file:line:column` of the call that took it, if it is known. */
  readonly takenAt?: string | undefined;
}

export interface Held {
  /** Milliseconds. */
  readonly heldFor: number;
  /** What names its holder, and where it was taken. */
  readonly by: string;
}

/**
 * What equal holders hold, together: "held for 62 s by "adds" (cart.test.ts:14)", "8 slots held for up to 62 s by …".
 * @param many what they are, in the plural
 */
export function describeHeld(all: readonly Held[], many: string): string[] {
  return [...Map.groupBy(all, ({ by }) => by)].map(([by, held]) => {
    const longest = duration(Math.max(...held.map(({ heldFor }) => heldFor)));
    return held.length === 1
      ? `held for ${longest} by ${by}`
      : `${held.length} ${many} held for up to ${longest} by ${by}`;
  });
}

/** ""cart › adds an item" (cart.test.ts:14) in shard 2/4"; of another run also ", in the run /code/api, branch fix-db, pid 123" */
export function nameOf(
  { test, file, shard, run, takenAt }: HolderLabel & { readonly takenAt?: string | undefined },
  nameless: string,
): string {
  const name = test === undefined ? nameless : JSON.stringify(test);
  const where = takenAt ?? file;
  const ofShard = shard === undefined ? '' : ` in shard ${shard}`;
  const ofRun = run === undefined ? '' : `, in the run ${run}`;
  return `${name}${where === undefined ? '' : ` (${where})`}${ofShard}${ofRun}`;
}

/** "test "cart › adds an item" (cart.test.ts:14)", or "session s1 (cart.test.ts:14)" where no test is known */
export function nameOfSession(id: string, holder: HolderLabel & { readonly takenAt?: string | undefined }): string {
  return `${holder.test === undefined ? '' : 'test '}${nameOf(holder, `session ${id}`)}`;
}

/** `file:line:column` of the first frame that is neither Node's nor Carpool's own, such as that of an adapter. */
export function callerLocation(site: CallSite): string | undefined {
  for (const line of site.stack.split('\n')) {
    const place = /\(?((?:file:\/\/)?[^()\s]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place === undefined || place.startsWith('node:') || isOwnFrame(line)) continue;
    return place.replace(/^file:\/\//, '');
  }
  return undefined;
}

export function duration(milliseconds: number): string {
  return milliseconds < 10_000 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 1000)} s`;
}

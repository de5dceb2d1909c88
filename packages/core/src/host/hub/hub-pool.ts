/** A pool as a hub serves it: one of its run alone, or the run's share of one that several runs use. */
import type { CallSite } from '../../base/errors.ts';
import type { ChildPool } from '../../pool/pool.ts';
import type { OpenOptions, Registration } from '../../pool/registration.ts';
import type { Listener } from '../../session/listener.ts';
import type { TriedHost } from '../../wire/elsewhere.ts';
import type { StartRequest, StartResult } from '../../wire/messages.ts';

export interface HubOpenOptions extends OpenOptions {
  /** Of a worker that can register on another host: those to which it was sent so far. */
  readonly tried?: readonly TriedHost[] | undefined;
}

/** What the hub and its peers call. */
export interface HubPool extends Pick<
  ChildPool,
  | 'close'
  | 'countAnew'
  | 'endSessions'
  | 'inUse'
  | 'probe'
  | 'replaceIfChanged'
  | 'resetFailures'
  | 'settings'
  | 'start'
  | 'stats'
  | 'status'
  | 'statsOfRun'
  | 'watched'
> {
  /** As `ChildPool.open`. @throws Elsewhere if the session is to be registered on another host */
  open(options: HubOpenOptions, listener: Listener, site: CallSite): Promise<Registration>;
  /** What was to be registered on another host has a session there. */
  openedElsewhere?(host: string): void;
}

/** A call that starts a child of it. */
export async function startOf(pool: HubPool, { probe }: StartRequest): Promise<StartResult> {
  if (probe === true) return await pool.probe();
  await pool.start();
  return {};
}

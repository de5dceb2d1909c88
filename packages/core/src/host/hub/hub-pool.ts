/** A pool as a hub serves it: one of its run alone, or the run's share of one that several runs use. */
import type { ChildPool } from '../../pool/pool.ts';

/** What the hub and its peers call. */
export type HubPool = Pick<
  ChildPool,
  | 'close'
  | 'countAnew'
  | 'endSessions'
  | 'inUse'
  | 'open'
  | 'probe'
  | 'replaceIfChanged'
  | 'resetFailures'
  | 'settings'
  | 'start'
  | 'stats'
  | 'status'
  | 'statsOfRun'
  | 'watched'
>;

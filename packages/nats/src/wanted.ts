/** What the bucket knows of what one call wants, and how it goes on. */
import type { NameOf, NameRecord, Place } from './record.ts';
import type { Unreadable } from './store.ts';

export interface Wanted {
  readonly id: string;
  /** What the caller takes the name to be. */
  readonly of: NameOf;
  readonly weight: number;
  readonly by: string;
  /** False: it is given at once, or refused. */
  readonly wait: boolean;
  readonly values?: readonly string[] | undefined;
  /** @param place as it is held */
  readonly granted: (revision: number, place: Place) => void;
  /** @param record what is in its way */
  readonly refused: (record: NameRecord) => void;
  /** @param why nothing can be known of the name */
  readonly failed: (why: Unreadable) => void;
}

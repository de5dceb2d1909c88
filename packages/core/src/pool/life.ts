/** One child of a supervisor, from the first attempt to start it. */
import type { Generation } from './generation.ts';
import type { StartProgress } from './start-progress.ts';

export interface Life {
  /** From 1. */
  readonly number: number;
  readonly progress: StartProgress;
  readonly starting: Promise<Generation>;
  /** From the hello on. */
  generation?: Generation;
  /** Its output has ended. */
  dying: boolean;
  /** Sessions that were opened on it. */
  sessions: number;
  stopping?: Promise<void>;
  /** It makes room for another one, and will be gone. */
  leaves?: boolean;
}

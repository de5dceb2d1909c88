/** What the main process hands to the test workers, and what they hand back: both sides of Vitest's own channels. */
import type { Provided, SessionEvidence as Evidence } from 'carpool/client';
import packageJson from '../package.json' with { type: 'json' };

/** Of this package. Both sides carry it, so that two installed copies can be told apart. */
export const version: string = packageJson.version;

/** What a failing attempt left behind, in `task.meta.carpool`: seen by reporters, kept in JSON output. */
export interface SessionEvidence extends Evidence {
  /** Which of the errors of the test the attempt brought, counted from 0. */
  readonly error: number;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Given by `project.provide`, taken by `inject`. */
    carpool: Provided;
  }
  interface TaskMeta {
    carpool?: readonly SessionEvidence[];
  }
}

/** The data on Vitest's own channels: what the main process provides to the test workers, and what they hand back. */
import type { Provided, SessionEvidence as Evidence } from 'carpool/adapter/test-process';
import packageJson from '../package.json' with { type: 'json' };

/** The version of this package. Both sides carry it, so that two installed copies are noticed. */
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

/** What the main process hands to the test workers, and what they hand back: both sides of Vitest's own channels. */
import type { Evidence } from 'carpool';
import packageJson from '../package.json' with { type: 'json' };

/** Of this package. Both sides carry it, so that two installed copies can be told apart. */
export const version: string = packageJson.version;

/** Given by `project.provide`, taken by `inject`. */
export interface Provided {
  readonly version: string;
  /** Where the host is, and the token; absent if there is none. */
  readonly address?: string;
  readonly pools: readonly string[];
  /** Why the pools cannot be used: the code and the words of a CarpoolError. */
  readonly problem?: { readonly code: string; readonly message: string };
}

/** What a failing attempt left behind, in `task.meta.carpool`: seen by reporters, kept in JSON output. */
export interface SessionEvidence extends Evidence {
  readonly pool: string;
  readonly session: string;
  /** Which of the errors of the test the attempt brought, counted from 0. */
  readonly error: number;
}

declare module 'vitest' {
  interface ProvidedContext {
    carpool: Provided;
  }
  interface TaskMeta {
    carpool?: readonly SessionEvidence[];
  }
}

/** How shared workers are named in a config, and the types that flow from there. */
import type { SharedWorker } from '../wire/shared-worker-types.ts';

export interface SharedWorkerOptions<Data = unknown> {
  /** What the worker sees as `initialData`. */
  readonly initialData?: Data;
  /** Milliseconds in which the worker must say that it is ready. Default 10,000. */
  readonly readyTimeout?: number;
  /** Milliseconds for the worker's own teardowns at the end. Default 5,000. */
  readonly teardownTimeout?: number;
}

/** A shared worker with its options, and the type of its messages. */
export interface SharedWorkerSource<Data = unknown> extends SharedWorkerOptions<Data> {
  /** A `file:` URL, or a path relative to the config. */
  readonly file: string | URL;
}

/** A file alone, or `sharedWorker(file, options)`. */
export type SharedWorkerEntry = string | URL | SharedWorkerSource;

export interface SharedWorkersConfig {
  /** Shared workers by name. */
  readonly sharedWorkers?: Readonly<Record<string, SharedWorkerEntry>>;
}

/** For a config: a shared worker with options. `Data` is what its messages are. */
export function sharedWorker<Data = unknown>(
  file: string | URL,
  options: SharedWorkerOptions<Data> = {},
): SharedWorkerSource<Data> {
  return { file, ...options };
}

/** The names of a config's shared workers. */
export type SharedWorkerNames<C> = C extends { readonly sharedWorkers: infer W } ? keyof W & string : never;

type DataOf<W> = W extends SharedWorkerSource<infer Data> ? Data : unknown;

/** What `registerSharedWorker` returns for a name of a config. */
export type SharedWorkerOf<C, Name extends SharedWorkerNames<C>> = C extends { readonly sharedWorkers: infer W }
  ? Name extends keyof W
    ? SharedWorker.Plugin.Protocol<DataOf<W[Name]>>
    : never
  : never;

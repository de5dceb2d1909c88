/** Shared workers in a config, and the types that follow from it. */
import type { SharedWorker } from '../wire/shared-worker-types.ts';

/** The options of a shared worker in a config. */
export interface SharedWorkerOptions<Data = unknown> {
  /** What the shared worker receives as `initialData`; it is cloned. */
  readonly initialData?: Data;
  /** Milliseconds in which the shared worker must call `ready()`. Default 10,000. */
  readonly readyTimeout?: number;
  /** Milliseconds for its own teardowns when the host stops. Default 5,000, at most 15,000. */
  readonly teardownTimeout?: number;
}

/** A shared worker with its options, and the type of its messages. */
export interface SharedWorkerSource<Data = unknown> extends SharedWorkerOptions<Data> {
  /** A `file:` URL, or a path relative to the config. */
  readonly file: string | URL;
}

/** A file alone, or `sharedWorker(file, options)`. */
export type SharedWorkerEntry = string | URL | SharedWorkerSource;

/** The part of a config that has the shared workers. */
export interface SharedWorkersConfig {
  /** Shared workers by name; each name is a fixture of tests. */
  readonly sharedWorkers?: Readonly<Record<string, SharedWorkerEntry>>;
}

/**
 * A shared worker with options, for a config. `Data` is the type of its messages.
 * @example defineConfig({ sharedWorkers: { db: sharedWorker<Query>(new URL('./db.ts', import.meta.url), { readyTimeout: 30_000 }) } })
 */
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

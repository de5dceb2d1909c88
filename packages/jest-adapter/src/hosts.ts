/**
 * The hosts of this Jest, one for each Carpool config; most often one. In watch mode Jest runs its global setup and
 * teardown at every run, in one process, with modules and without: the hosts are kept outside of them.
 *
 *   setup ─▶ begin: started, or informed of the new run ─▶ tests ─▶ teardown: summary; stopped unless Jest watches
 */
import type { RunHost } from 'carpool/adapter/main-process';
import type { ProvidedFor } from './provided.ts';

/** A host, and for whose tests it is. */
export interface HostFor extends Pick<ProvidedFor, 'root' | 'environment'> {
  readonly host: RunHost;
}

const key: unique symbol = Symbol.for('carpool.jest.hosts') as never;

/** The hosts of this process, by the options that they were started with. */
export function hosts(): Map<string, HostFor> {
  const home = globalThis as { [key]?: Map<string, HostFor> };
  return (home[key] ??= new Map());
}

/**
 * Ports for servers under test. A worker reserves them in blocks, for itself, and gives them out one by one: that takes no
 * call to the host. One that is wanted by its number is reserved alone.
 */
import { CarpoolError } from '../base/errors.ts';
import type { OwnerPath } from '../wire/owner-path.ts';
import type { HeldLease } from './held-lease.ts';
import type { Leases, ReserveOptions } from './leases.ts';
import { isFree } from '../process/port-check.ts';

const blockSize = 16;
/** Below what systems give to connections (32,768 on Linux, 49,152 elsewhere), above what programs are known for. */
const lowest = 10_000;
const highest = 32_767;
const space = 'carpool.ports';
/** Ports that are tried before `take` fails. */
const attempts = 1_000;

export interface PortRequestFields {
  /** This address alone. Default: the port is free on all of them. */
  readonly host?: string | undefined;
  /** Tried first. */
  readonly preferred?: readonly number[] | undefined;
  readonly exclude?: readonly number[] | undefined;
  /** Stops looking. */
  readonly signal?: AbortSignal | undefined;
  /** Owner and holder, for one that is reserved by its number. */
  readonly request: Omit<ReserveOptions, 'space' | 'values'>;
}

export interface HeldPort {
  readonly port: number;
  readonly lease: HeldLease;
}

export class Ports {
  readonly #leases: Leases;
  /** Reserved for this worker, and not lent. */
  readonly #free: number[] = [];
  #filling: Promise<void> | undefined;

  constructor(leases: Leases) {
    this.#leases = leases;
  }

  /** @throws CarpoolError LEASE_TAKEN if none is found; what the system says of `host` */
  async take(options: PortRequestFields): Promise<HeldPort> {
    const { host, preferred = [], exclude = [], signal, request } = options;
    for (const port of preferred) {
      signal?.throwIfAborted();
      if (exclude.includes(port)) continue;
      const lease = this.#ours(port, request.under) ?? (await this.#alone(port, request));
      if (lease === undefined) continue;
      if (await this.#suits(port, lease, host)) return { port, lease };
    }
    const passed: HeldLease[] = [];
    try {
      for (let attempt = 0; attempt < attempts; attempt++) {
        signal?.throwIfAborted();
        const { port, lease } = await this.#next(exclude, request.under);
        if (await this.#suits(port, lease, host, passed)) return { port, lease };
      }
    } finally {
      // Only now, so that each is looked at once.
      for (const lease of passed) lease.release();
    }
    const text = `Cannot find a free port: ${attempts} between ${lowest} and ${highest} were tried`;
    throw new CarpoolError('LEASE_TAKEN', text, { context: { attempts, lowest, highest } });
  }

  /** @param later where it goes if it does not suit; else it is given back */
  async #suits(port: number, lease: HeldLease, host: string | undefined, later?: HeldLease[]): Promise<boolean> {
    let free = false;
    try {
      free = await isFree(port, host);
    } finally {
      if (!free && later === undefined) lease.release();
    }
    if (!free) later?.push(lease);
    return free;
  }

  async #next(exclude: readonly number[], under: OwnerPath | undefined): Promise<HeldPort> {
    for (;;) {
      const port = this.#free.find((candidate) => !exclude.includes(candidate));
      const lease = port === undefined ? undefined : this.#ours(port, under);
      if (port !== undefined && lease !== undefined) return { port, lease };
      this.#filling ??= this.#fill(exclude).finally(() => (this.#filling = undefined));
      await this.#filling;
    }
  }

  async #fill(exclude: readonly number[]): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const block = Math.floor(Math.random() * ((highest + 1 - lowest) / blockSize));
      const ports = Array.from({ length: blockSize }, (_, at) => lowest + block * blockSize + at);
      if (ports.every((port) => exclude.includes(port))) continue;
      const { places } = await this.#leases.reserve({ space, values: ports.map(String) });
      this.#free.push(...places.map((place) => ports[place] ?? 0));
      if (places.length > 0) return;
    }
    throw new CarpoolError('LEASE_TAKEN', `Cannot find a free port: all between ${lowest} and ${highest} are reserved`);
  }

  #ours(port: number, under: OwnerPath | undefined): HeldLease | undefined {
    const at = this.#free.indexOf(port);
    if (at < 0) return undefined;
    this.#free.splice(at, 1);
    return this.#lend(port, under);
  }

  /** Given back, it is the last to be given out again. */
  #lend(port: number, under: OwnerPath = []): HeldLease {
    return this.#leases.hold(1, under, {
      release: () => {},
      over: () => this.#free.push(port),
      what: () => `port ${port}`,
    });
  }

  async #alone(port: number, request: PortRequestFields['request']): Promise<HeldLease | undefined> {
    const { lease, places } = await this.#leases.reserve({ ...request, space, values: [String(port)] });
    return places.length === 0 ? undefined : lease;
  }
}

/** Who makes a call for a lease: its owner, its holder, and what the chain of calls holds that makes it. */
import type { HolderRun } from '../../base/holder-label.ts';
import { ownerKey, type Lease, type LeaseHolder, type LeaseRequest } from '../../ledger/lease.ts';
import type { AcquireRequest, OnceRequest, ReserveRequest } from '../../wire/messages.ts';
import { labelIn, nameIn } from './holder-names.ts';
import type { LeaseEntries } from './lease-entries.ts';

/** A longer one is not looked at: its deadlocks end by their time-outs. */
const maxChain = 10_000;

export type LeaseCallRequest = AcquireRequest | ReserveRequest | OnceRequest;

export interface CallersOptions {
  /** The number of the worker. */
  readonly peer: number;
  /** Its run, where the host serves several. */
  readonly run?: (() => HolderRun | undefined) | undefined;
  /** Which shard of its run the worker is in. */
  readonly shard?: (() => string | undefined) | undefined;
}

export class Callers {
  readonly #options: CallersOptions;
  readonly #entries: LeaseEntries;

  constructor(options: CallersOptions, entries: LeaseEntries) {
    this.#options = options;
    this.#entries = entries;
  }

  request(
    request: LeaseCallRequest,
    what: Pick<LeaseRequest, 'name' | 'kind' | 'size' | 'weight'>,
    detectDeadlock?: boolean,
  ): LeaseRequest {
    const { under = [], flow, lasts } = request;
    const worker = String(this.#options.peer);
    const blocked = flow === undefined ? undefined : ownerKey([worker, ...flow]);
    const owner = ownerKey([worker, ...under]);
    const run = this.#options.run?.()?.id;
    const holder = this.holder(request);
    return { ...what, run, owner, blocked, holder, chain: this.#chain(request), lasts, detectDeadlock };
  }

  /** The holder, as the errors of others name it. */
  holder({ holder, at }: LeaseCallRequest): LeaseHolder {
    const { run, shard } = this.#options;
    return { ...labelIn(holder, shard?.()), run: run?.()?.name, takenAt: nameIn(at) };
  }

  #chain({ chain = [] }: LeaseCallRequest): Lease[] {
    if (!Array.isArray(chain) || chain.length > maxChain) return [];
    return chain.flatMap((number) => this.#entries.get(number as number)?.lease ?? []);
  }
}

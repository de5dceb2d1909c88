/**
 * What an owner holds of what all tests share. `carpool/coordination` speaks to this, in Jest from another realm: what
 * comes in and goes out is plain data, bytes, and functions.
 */
import { duration, nameOf, type HolderLabel } from '../base/holder-label.ts';
import type { CarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import type { OpenCalls } from '../base/open-calls.ts';
import type { AcquireResult } from '../wire/messages.ts';
import type { HostClient } from './client.ts';
import { rwlockSize, type LockDeclaration } from '../wire/lease-types.ts';
import { isOfMachine, isOfReach, lockName } from './declared-locks.ts';
import type { HeldLease } from './held-lease.ts';
import type { AcquireOptions, OnceOptions, CallLocation } from './leases.ts';
import { longWait, type LongWaits } from './long-waits.ts';
import type { HeldPort } from './ports.ts';
import { connectedWithin } from './silent-host.ts';
import { ownerEndedError, type OwnerPath } from '../wire/owner-path.ts';

export interface OwnerLeasesOptions {
  readonly path: OwnerPath;
  readonly holder: HolderLabel;
  readonly calls: OpenCalls;
  /** Takes what took long. */
  readonly waits: LongWaits;
  /** @throws CarpoolError why there is no connection */
  readonly client: () => HostClient | Promise<HostClient>;
  /** What the test has left for connecting to the host of the machine. Default: any time. */
  readonly timeLeft?: (() => number) | undefined;
}

/** What a call says of itself. */
export interface Caller {
  /** From where. */
  readonly at?: CallLocation | undefined;
  /** The test that waits meanwhile, where it is not the owner. */
  readonly flow?: OwnerPath | undefined;
  /** What the call chain holds. */
  readonly chain?: readonly HeldLease[] | undefined;
  /** The lease is held until the end of its owner: see `AcquireRequest`. */
  readonly lasts?: 'inside' | 'itself' | undefined;
  /** It wants what all runs of this machine share, and not only the tests of this one. */
  readonly machine?: boolean | undefined;
  /** It wants what all hosts of its run share. */
  readonly reach?: true | undefined;
}

type OwnedFields = Pick<AcquireOptions, 'flow' | 'lasts' | 'reach'> &
  Pick<Caller, 'chain'> & {
    readonly under: OwnerPath;
    readonly holder: HolderLabel;
  };

type WithoutOwner<W> = Omit<W, 'under' | 'holder' | 'at' | 'flow' | 'chain' | 'lasts' | 'reach'>;

/** A value, encoded. */
export interface ComputedValue {
  readonly bytes: Uint8Array;
  /** The host keeps none: the role passes on to the next caller, which finds the value where this one has kept it. */
  readonly kept?: boolean | undefined;
}

export interface PortRequest {
  readonly host?: string | undefined;
  readonly preferred?: readonly number[] | undefined;
  readonly exclude?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class OwnerLeases {
  readonly #options: OwnerLeasesOptions;
  /** The owner in a sentence, once it has ended. */
  #ended: string | undefined;
  readonly #lost: { readonly lease: HeldLease; readonly error: CarpoolError }[] = [];
  readonly #declared = new Map<string, Promise<HeldLease>>();

  constructor(options: OwnerLeasesOptions) {
    this.#options = options;
  }

  /** The calls of its owner, which reports those that were not awaited. */
  get calls(): OpenCalls {
    return this.#options.calls;
  }

  /** @throws CarpoolError as `Leases.acquire`, LEASE_LOST if the owner has ended */
  async acquire(request: WithoutOwner<AcquireOptions>, caller: Caller, signal?: AbortSignal): Promise<HeldLease> {
    const client = await this.#connected(caller);
    const { held, cost } = await client.leases.acquire({ ...request, ...this.#owned(caller) }, signal, caller.at);
    this.#note(cost);
    return this.#own(held, caller);
  }

  /** @param values as text, each value another one. @returns the places of those that were free */
  async reserve(
    space: string,
    values: readonly string[],
    caller: Caller,
  ): Promise<{ readonly lease: HeldLease; readonly places: readonly number[] }> {
    const client = await this.#connected(caller);
    const { lease, places } = await client.leases.reserve({ space, values, ...this.#named(caller) });
    return { lease: this.#own(lease, caller), places };
  }

  async port(request: PortRequest, caller: Caller): Promise<HeldPort> {
    const client = await this.#connected(caller);
    const { port, lease } = await client.ports.take({ ...request, request: this.#named(caller) });
    // The system does not give a port away that is in use: the loss of its lease need not fail a test.
    return { port, lease: this.#own(lease, {}) };
  }

  /**
   * What a fixture holds that the config declares, until the owner ends: asked for again, the same.
   * @throws CarpoolError as `acquire`
   */
  declared(fixture: string, declared: LockDeclaration, signal?: AbortSignal): Promise<HeldLease> {
    const known = this.#declared.get(fixture);
    if (known !== undefined) return known;
    const reach = isOfReach(declared) ? true : undefined;
    const caller = { lasts: 'itself', machine: isOfMachine(declared), reach } as const;
    const taken = this.acquire(requestFor(fixture, declared), caller, signal);
    // It fails in the fixture.
    taken.catch(noop);
    this.#declared.set(fixture, taken);
    return taken;
  }

  /** Leases of the machine that were lost with its host, or of all hosts, as far as the test has not asked for that by `lost`. */
  get lost(): readonly CarpoolError[] {
    return this.#lost.filter(({ lease }) => !lease.watched).map(({ error }) => error);
  }

  /** @returns the sentence, if it was long */
  #note({ waited = 0, what, behind = [] }: AcquireResult): string | undefined {
    if (waited < longWait) return undefined;
    const holders = behind.map((holder) => nameOf(holder, 'a file')).join(', then ');
    const before = holders === '' ? '' : `, which ${holders} had before`;
    const told = `waited ${duration(waited)} for ${what ?? 'a lease'}${before}`;
    this.#options.waits.lease(told);
    return told;
  }

  /** @param compute what it throws is thrown here as it is, and reported to the other callers; it gets what the wait was for, if long */
  async once(
    request: WithoutOwner<OnceOptions>,
    compute: (role: HeldLease, waited?: string) => Promise<ComputedValue>,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const client = await this.#connected(caller);
    const answer = await client.leases.once({ ...request, ...this.#named(caller) }, signal);
    if ('value' in answer) return Buffer.from(answer.value, 'base64');
    if ('file' in answer) {
      const { readValue } = await import('./value-file.ts');
      // The next run may have begun, or something has cleaned the temporary folder: then it is computed again.
      return (
        (await readValue(answer.file)) ?? (await this.once({ ...request, lost: answer.file }, compute, caller, signal))
      );
    }
    try {
      const { bytes, kept } = await compute(answer.lease, this.#note(answer.cost));
      if (kept === true) {
        answer.lease.release();
        return bytes;
      }
      if (bytes.length <= answer.inline) {
        await answer.settle({ value: Buffer.from(bytes).toString('base64') });
        return bytes;
      }
      const { writeValue } = await import('./value-file.ts');
      await writeValue(answer, bytes, request.key);
      await answer.settle({ stored: true });
      return bytes;
    } catch (thrown) {
      // If the role has passed on meanwhile, or it was settled, no caller waits for this outcome.
      await answer.settle({ failed: thrown }).catch(() => {});
      throw thrown;
    }
  }

  /** From now on nothing is acquired. The client gives back what is held. @param owner in a sentence: "the test" */
  end(owner: string): void {
    this.#ended ??= owner;
  }

  async #connected({ machine }: Caller): Promise<HostClient> {
    this.#check();
    const { client: connect, timeLeft } = this.#options;
    let client = await connect();
    if (machine === true) {
      const connected = client.machine.connected();
      client = 'then' in connected ? await connectedWithin(connected, timeLeft?.() ?? Infinity) : connected;
    }
    this.#check();
    return client;
  }

  #own(lease: HeldLease, { machine, reach }: Caller): HeldLease {
    // Granted before the host heard of the end.
    if (this.#ended !== undefined) lease.release();
    this.#check();
    if (machine === true || reach === true) lease.whenLost((error) => this.#lost.push({ lease, error }));
    return lease;
  }

  #check(): void {
    if (this.#ended !== undefined) throw ownerEndedError('LEASE_LOST', 'acquire anything', this.#ended);
  }

  #named(caller: Caller): OwnedFields & { readonly at: string | undefined } {
    return { ...this.#owned(caller), at: caller.at?.() };
  }

  #owned({ flow, chain, lasts, reach }: Caller): OwnedFields {
    const { path, holder } = this.#options;
    return { under: path, holder, flow, chain, lasts, reach };
  }
}

function requestFor(fixture: string, declared: LockDeclaration): WithoutOwner<AcquireOptions> {
  const named = { name: lockName(fixture, declared), limit: 'config' } as const;
  if (declared === 'lock') return { ...named, kind: 'lock', size: 1, weight: 1 };
  const { timeout } = declared;
  if ('lock' in declared) return { ...named, kind: 'lock', size: 1, weight: 1, timeout };
  if ('semaphore' in declared) {
    return { ...named, kind: 'semaphore', size: declared.semaphore, weight: declared.weight ?? 1, timeout };
  }
  return { ...named, kind: 'rwlock', size: rwlockSize, weight: 'read' in declared ? 1 : rwlockSize, timeout };
}

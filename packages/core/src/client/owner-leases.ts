/**
 * What an owner holds of what all tests share. `carpool/coordination` speaks to this, in Jest from another realm: what
 * comes in and goes out is plain data, bytes, and functions.
 */
import { CarpoolError } from '../base/errors.ts';
import type { HolderLabel } from '../base/holders.ts';
import type { Client } from './client.ts';
import type { HeldLease } from './held-lease.ts';
import type { AcquireOptions, OnceOptions, CallLocation } from './leases.ts';
import type { HeldPort } from './ports.ts';
import type { OwnerPath } from '../wire/messages.ts';

export interface OwnerLeasesOptions {
  readonly path: OwnerPath;
  readonly holder: HolderLabel;
  /** @throws CarpoolError why there is no connection */
  readonly client: () => Promise<Client>;
}

/** What a call says of itself. */
export interface Caller {
  /** From where. */
  readonly at?: CallLocation;
  /** The test that waits meanwhile, where it is not the owner. */
  readonly flow?: OwnerPath | undefined;
}

type OwnedFields = Pick<AcquireOptions, 'flow'> & { readonly under: OwnerPath; readonly holder: HolderLabel };

type WithoutOwner<W> = Omit<W, 'under' | 'holder' | 'at' | 'flow'>;

export interface PortRequest {
  readonly host?: string | undefined;
  readonly preferred?: readonly number[];
  readonly exclude?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export class OwnerLeases {
  readonly #ground: OwnerLeasesOptions;
  /** Used while its connection lasts: to find it takes longer than to use it. */
  #client: Client | undefined;
  /** Who has ended, in words. */
  #ended: string | undefined;

  constructor(ground: OwnerLeasesOptions) {
    this.#ground = ground;
  }

  /** @throws CarpoolError as `Client.leases`, LEASE_LOST if the owner has ended */
  async acquire(request: WithoutOwner<AcquireOptions>, caller: Caller, signal?: AbortSignal): Promise<HeldLease> {
    this.#check();
    const client = this.#client?.over === false ? this.#client : await this.#connected();
    return this.#own(await client.leases.acquire({ ...request, ...this.#owned(caller) }, signal, caller.at));
  }

  /** @param values as text, each value another one. @returns the places of those that were free */
  async reserve(
    space: string,
    values: readonly string[],
    caller: Caller,
  ): Promise<{ readonly lease: HeldLease; readonly places: readonly number[] }> {
    this.#check();
    const client = this.#client?.over === false ? this.#client : await this.#connected();
    const { lease, places } = await client.leases.reserve({ space, values, ...this.#named(caller) });
    return { lease: this.#own(lease), places };
  }

  async port(request: PortRequest, caller: Caller): Promise<HeldPort> {
    this.#check();
    const client = this.#client?.over === false ? this.#client : await this.#connected();
    const { port, lease } = await client.leases.ports.take({ ...request, request: this.#named(caller) });
    return { port, lease: this.#own(lease) };
  }

  /** @param compute what it throws is thrown here as it is, and told to the others */
  async once(
    request: WithoutOwner<OnceOptions>,
    compute: () => Promise<Uint8Array>,
    caller: Caller,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    this.#check();
    const client = this.#client?.over === false ? this.#client : await this.#connected();
    const answer = await client.leases.once({ ...request, ...this.#named(caller) }, signal);
    if (typeof answer === 'string') return Buffer.from(answer, 'base64');
    let bytes: Uint8Array;
    try {
      bytes = await compute();
    } catch (thrown) {
      // If its role has passed on meanwhile, there is nobody to be told.
      await answer.settle({ failed: thrown }).catch(() => {});
      throw thrown;
    }
    await answer.settle({ value: Buffer.from(bytes).toString('base64') });
    return bytes;
  }

  /** Nothing is taken from now on. What is held, the client gives back. */
  end(who: string): void {
    this.#ended ??= who;
  }

  async #connected(): Promise<Client> {
    const client = await this.#ground.client();
    this.#check();
    this.#client = client;
    return client;
  }

  #own(lease: HeldLease): HeldLease {
    // Granted before the host heard of the end.
    if (this.#ended !== undefined) lease.release();
    this.#check();
    return lease;
  }

  #check(): void {
    if (this.#ended === undefined) return;
    throw new CarpoolError('LEASE_LOST', `Cannot acquire anything: ${this.#ended} has ended`);
  }

  #named(caller: Caller): OwnedFields & { readonly at?: string } {
    const at = caller.at?.();
    return { ...this.#owned(caller), ...(at === undefined ? {} : { at }) };
  }

  #owned({ flow }: Caller): OwnedFields {
    const { path, holder } = this.#ground;
    return flow === undefined ? { under: path, holder } : { under: path, holder, flow };
  }
}

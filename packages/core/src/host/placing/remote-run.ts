/**
 * This run on a host of another machine, which offers pools: opened there as any run of another machine, kept until this run
 * ends. Its workers connect there by themselves.
 *
 *   opening ─▶ open ─the connection ends─▶ over
 *      └─ no address leads there ────────▶ over
 */
import { messageOf } from '../../base/thrown.ts';
import { HostClient } from '../../client/client.ts';
import type { HostOffer } from '../../reach/offer.ts';
import { isRemote, parseAddress, resolveAddress } from '../../wire/address.ts';
import type { OpenRunResult, RunInfo } from '../../wire/machine-messages.ts';

/** Milliseconds to connect; for a run to open, which may wait for the configs of others. */
const timeouts = { connect: 5_000, open: 60_000 } as const;

export interface RemoteRunOptions {
  readonly offer: HostOffer;
  readonly run: RunInfo;
  readonly runner: string;
  /** It is open, or over. */
  readonly changed: () => void;
  /** It cannot be opened there. */
  readonly failed: (message: string) => void;
  /** Takes what its pools print. */
  readonly printed: (text: string) => void;
}

export class RemoteRun {
  readonly host: string;
  readonly name: string;
  /** Registrations that were sent there. */
  sent = 0;
  #client: HostClient | undefined;
  #opened: OpenRunResult | undefined;
  #address = '';
  #isFailed = false;
  #closed = false;

  constructor(options: RemoteRunOptions) {
    const { host, name } = options.offer;
    this.host = host;
    this.name = name;
    const failed = (thrown: unknown): void => {
      this.#client?.close();
      this.#isFailed = true;
      if (!this.#closed) options.failed(`Cannot open this run on ${name}: ${messageOf(thrown)}`);
    };
    void this.#open(options).catch(failed).then(options.changed);
  }

  /** What its workers connect to. Undefined: it is not open. */
  get address(): string | undefined {
    return this.isOver ? undefined : this.#address || undefined;
  }

  get isOver(): boolean {
    return this.#isFailed || this.#closed || this.#client?.over === true;
  }

  get isOpening(): boolean {
    return this.#opened === undefined && !this.isOver;
  }

  /** Of its pools there, for other machines: what it was opened with, whatever is announced. */
  identity(pool: string): string | undefined {
    const { identities = {} } = this.#opened ?? {};
    return Object.hasOwn(identities, pool) ? identities[pool] : undefined;
  }

  /** The tests of a new run begin there, too. */
  renew(): void {
    if (this.#client?.over === false) this.#client.runStarted().catch(() => {}); // its connection ends
  }

  /** With its connection ends all that it has there. */
  close(): void {
    this.#closed = true;
    if (this.#client?.over === false) this.#client.close();
  }

  async #open({ offer, run, runner, printed, changed }: RemoteRunOptions): Promise<void> {
    const { client, address } = await connected(offer, { runner, printed });
    this.#client = client;
    if (this.#closed) {
      client.close();
      return;
    }
    void client.closed.then(changed);
    const asked = { method: 'openRun', run, root: '', env: {}, cwd: '', sessionsOnly: true } as const;
    const opened = await client.ask({ ...asked, configTimeout: timeouts.open }, timeouts.open);
    const place = parseAddress(address);
    if (!isRemote(place)) throw new Error('its address is none of another machine');
    this.#address = resolveAddress(opened.address, place);
    this.#opened = opened;
  }
}

interface By {
  readonly runner: string;
  readonly printed: (text: string) => void;
}

/** By the first address that leads there. */
async function connected(
  { addresses, name }: HostOffer,
  by: By,
): Promise<{ readonly client: HostClient; readonly address: string }> {
  const faults: string[] = [];
  for (const address of addresses)
    try {
      if (!isRemote(parseAddress(address))) throw new Error('it is none of another machine');
      return { client: await HostClient.connect({ ...by, address, timeout: timeouts.connect }), address };
    } catch (thrown) {
      faults.push(messageOf(thrown));
    }
  throw new Error(`no address of ${name} leads there: ${faults.join('; ')}`);
}

/**
 * This run on a host of another machine, which offers pools: opened there as any run of another machine, kept until this run
 * ends. Its workers connect there by themselves.
 *
 *   opening ─▶ open ─the connection ends─▶ over
 *      └─ no address leads there ────────▶ over
 */
import { fromRecord } from '../../base/errors.ts';
import { printable } from '../../base/printable.ts';
import { messageOf } from '../../base/thrown.ts';
import { HostClient } from '../../client/client.ts';
import type { HostOffer } from '../../reach/offer.ts';
import { isRemote, parseAddress, remotePlace, resolveAddress } from '../../wire/address.ts';
import { machineName } from '../../wire/elsewhere.ts';
import type { RunInfo } from '../../wire/machine-messages.ts';
import type { OtherRun } from './other-runs.ts';

/** Milliseconds to connect, to each address; for a run to open, which may wait for the configs of others; for an answer. */
const timeouts = { connect: 5_000, open: 60_000, look: 10_000 } as const;

export interface RunElsewhereOptions {
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

export class RunElsewhere implements OtherRun {
  readonly host: string;
  readonly name: string;
  #client: HostClient | undefined;
  #identities: ReadonlyMap<string, string> = new Map();
  #address: string | undefined;
  readonly #offered: string | undefined;
  #isFailed = false;
  #closed = false;

  constructor(options: RunElsewhereOptions) {
    const { host, name } = options.offer;
    this.host = host;
    this.name = name;
    this.#offered = placeOffered(options.offer);
    const failed = (thrown: unknown): void => {
      this.#client?.close();
      this.#isFailed = true;
      if (!this.#closed)
        options.failed(`Cannot open this run on ${machineName(name, this.place)}: ${messageOf(thrown)}`);
    };
    void this.#open(options).catch(failed).then(options.changed);
  }

  get place(): string | undefined {
    return this.#address === undefined ? this.#offered : remotePlace(this.#address);
  }

  get address(): string | undefined {
    return this.isOver ? undefined : this.#address;
  }

  get isOver(): boolean {
    return this.#isFailed || this.#closed || this.#client?.over === true;
  }

  get isOpening(): boolean {
    return this.#address === undefined && !this.isOver;
  }

  get identities(): ReadonlyMap<string, string> {
    return this.#identities;
  }

  async inUse(): Promise<boolean> {
    const client = this.#client;
    if (client === undefined) return false;
    try {
      const { pools } = await client.ask({ method: 'summary' }, timeouts.look);
      return pools.some(({ open, queued }) => open + queued > 0);
    } catch {
      // One that does not answer in time may have something; one that has gone has nothing.
      return !client.over;
    }
  }

  renew(): void {
    if (this.#client?.over === false) this.#client.runStarted().catch(() => {}); // its connection ends
  }

  /** With its connection ends all that it has there. */
  close(): void {
    this.#closed = true;
    if (this.#client?.over === false) this.#client.close();
  }

  async #open({ offer, run, runner, printed, changed }: RunElsewhereOptions): Promise<void> {
    const { client, address } = await this.#connect(offer, { runner, printed });
    this.#client = client;
    void client.closed.then(changed);
    const asked = { method: 'openRun', run, root: '', env: {}, cwd: '', sessionsOnly: true } as const;
    const opened = await client.ask({ ...asked, configTimeout: timeouts.open }, timeouts.open);
    if (opened.problem !== undefined) throw fromRecord(opened.problem);
    const place = parseAddress(address);
    const found = resolveAddress(opened.address, place);
    if (!isRemote(parseAddress(found))) throw notRemote();
    this.#identities = new Map(Object.entries(opened.identities ?? {}));
    this.#address = found;
  }

  /** By the first address that leads there. */
  async #connect({ addresses, name }: HostOffer, by: By): Promise<Connected> {
    const faults: string[] = [];
    for (const address of addresses)
      try {
        if (!isRemote(parseAddress(address))) throw notRemote();
        const machine = machineName(name, remotePlace(address));
        const printed = (text: string): void => by.printed(text.replace(/^carpool: /, `carpool: on ${machine}: `));
        const client = await HostClient.connect({ ...by, printed, address, machine, timeout: timeouts.connect });
        if (!this.#closed) return { client, address };
        client.close();
        break;
      } catch (thrown) {
        if (this.#closed) break;
        faults.push(withAddress(messageOf(thrown), address));
      }
    throw new Error(`no address of ${name} leads there: ${faults.join('; ')}`);
  }
}

/** What is wrong with an address, with the address: without its token, which opens runs. */
function withAddress(fault: string, address: string): string {
  const place = remotePlace(address) ?? printable(address.replace(/#[^]*/, ''));
  return fault.includes(place) ? fault : `${place}: ${fault}`;
}

/** HOST:PORT of the first address that is one; undefined: none is. */
export function placeOffered({ addresses }: Pick<HostOffer, 'addresses'>): string | undefined {
  for (const address of addresses) {
    const place = remotePlace(address);
    if (place !== undefined) return place;
  }
  return undefined;
}

interface By {
  readonly runner: string;
  readonly printed: (text: string) => void;
}

interface Connected {
  readonly client: HostClient;
  readonly address: string;
}

/** On this machine the same path may be another host. */
function notRemote(): Error {
  return new Error('its address is none of another machine');
}

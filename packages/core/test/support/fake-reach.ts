/** An engine in this process for several hosts of one run, which tests can make lose all. */
import { CarpoolError } from '../../src/base/errors.ts';
import type {
  Reach,
  ReachConnection,
  ReachEvents,
  ReachLease,
  ReachOptions,
  ReachWanted,
} from '../../src/reach/types.ts';

interface Asked {
  readonly wanted: ReachWanted;
  readonly events: ReachEvents;
  left: number;
  held: boolean;
  values: readonly string[];
}

export class FakeReach implements Reach {
  readonly name: string = 'a fake';
  readonly hosts: string[] = [];
  readonly stored: Map<string, Uint8Array> = new Map();
  /** Hosts whose connections are open. */
  connections: number = 0;
  #revision = 0;
  readonly #asked = new Map<string, Set<Asked>>();

  open({ host }: ReachOptions): ReachConnection {
    this.hosts.push(host);
    this.connections++;
    return {
      ready: async () => {},
      acquire: (wanted, events) => this.#acquire(wanted, events),
      load: async (key) => this.stored.get(key),
      store: async (key, value) => void this.stored.set(key, value),
      close: async () => void this.connections--,
    };
  }

  /** How many hold the name. */
  holders(name: string): number {
    return [...(this.#asked.get(name) ?? [])].filter(({ held }) => held).length;
  }

  /** How many wait for the name. */
  waiters(name: string): number {
    return [...(this.#asked.get(name) ?? [])].filter(({ held }) => !held).length;
  }

  /** All that is held of a name is lost, and others get it. */
  lose(name: string): void {
    const asked = this.#asked.get(name) ?? new Set();
    for (const one of [...asked].filter(({ held }) => held)) {
      asked.delete(one);
      one.events.lost(new CarpoolError('LEASE_LOST', `Lost lock "${name}": the server was stopped`));
    }
    this.#advance(name);
  }

  #acquire(wanted: ReachWanted, events: ReachEvents): ReachLease {
    const { name } = wanted;
    const asked = this.#asked.get(name) ?? new Set();
    this.#asked.set(name, asked);
    const one: Asked = { wanted, events, left: wanted.weight, held: false, values: [] };
    asked.add(one);
    setImmediate(() => this.#advance(name));
    return {
      release: (amount = one.left) => {
        one.left -= amount;
        if (one.left <= 0) asked.delete(one);
        setImmediate(() => this.#advance(name));
      },
      describe: () => `it is held by ${[...asked].find(({ held }) => held)?.wanted.by ?? 'nothing'}`,
    };
  }

  #advance(name: string): void {
    const asked = this.#asked.get(name) ?? new Set();
    for (const one of [...asked].filter(({ held }) => !held)) {
      const { kind, size, wait, values = [] } = one.wanted;
      const held = [...asked].filter((other) => other.held);
      if (kind === 'reservation') {
        const taken = new Set(held.flatMap((other) => other.values));
        one.values = values.filter((value) => !taken.has(value));
      } else if (size - held.reduce((sum, { left }) => sum + left, 0) < one.left) {
        if (wait) return;
        asked.delete(one);
        one.events.failed(
          new CarpoolError('LEASE_TAKEN', `Cannot acquire lock "${name}" at once: it is held by another`),
        );
        continue;
      }
      one.held = true;
      one.events.granted({ fence: { bucket: 'b', revision: ++this.#revision }, values: one.values });
    }
  }
}

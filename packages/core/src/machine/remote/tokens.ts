/** The tokens that open connections from other machines. Kept as digests: who reads this memory has no token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { CarpoolError } from '../../base/errors.ts';
import type { RemoteAccess, RemoteHub } from '../../host/hub/remote-access.ts';
import type { RemoteClientStatus } from '../../wire/status.ts';

/** To whom an address was given. */
export interface RemoteClient {
  readonly name: string;
  /** On the clock; absent: as long as the host lives. */
  readonly expires?: number | undefined;
  /** Connections with its token, and with those of its runs. */
  connections: number;
}

/** What a token opens. */
export interface Opens {
  readonly client: RemoteClient;
  readonly hub: RemoteHub;
  readonly access: RemoteAccess;
  /** Of a run's own: its end is the end of the run. */
  readonly ofRun: boolean;
}

/** Addresses that were given out. Expired ones are forgotten first. */
const mostClients = 1_000;

export class RemoteTokens {
  readonly #clock: Clock;
  readonly #entries = new Map<Buffer, Opens>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns forgets it. @throws CarpoolError HUB_REJECTED if there are too many */
  add(token: string, opens: Opens): () => void {
    if (!opens.ofRun) this.#makeRoom();
    const digest = digestOf(token);
    this.#entries.set(digest, opens);
    return () => void this.#entries.delete(digest);
  }

  /** Looks at all of them, so that the time says nothing of which one was nearly right. */
  find(token: string): Opens | undefined {
    const shown = digestOf(token);
    let found: Opens | undefined;
    for (const [digest, opens] of this.#entries) if (timingSafeEqual(digest, shown)) found = opens;
    return found;
  }

  /** Those of runs go on: a run may end what it has begun. */
  isExpired({ client: { expires }, ofRun }: Opens): boolean {
    return !ofRun && expires !== undefined && this.#clock.now() >= expires;
  }

  clients(): RemoteClientStatus[] {
    const now = this.#clock.now();
    return [...this.#entries.values()].flatMap(({ client: { name, expires, connections }, ofRun }) => {
      const left = expires === undefined ? undefined : Math.max(0, Math.round(expires - now));
      return ofRun ? [] : [{ name, expires: left, connections }];
    });
  }

  #makeRoom(): void {
    const clients = [...this.#entries].filter(([, { ofRun }]) => !ofRun);
    if (clients.length < mostClients) return;
    const [forgotten] = clients.find(([, opens]) => this.isExpired(opens)) ?? [];
    if (forgotten !== undefined) {
      this.#entries.delete(forgotten);
      return;
    }
    const message = `Cannot make an address: ${mostClients} are given out, and that is the limit; give them an end by \`--expires\``;
    throw new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame: 'setup', context: { limit: mostClients } });
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

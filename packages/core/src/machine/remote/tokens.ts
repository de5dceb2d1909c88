/**
 * The tokens that open connections from other machines. Kept as digests: who reads this memory has no token.
 *
 *   given out ──▶ opens connections ──expires, revoked, its run ends──▶ known for a while, so that its party learns why
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { CarpoolError } from '../../base/errors.ts';
import type { RemoteAccess, RemoteHub } from '../../host/hub/remote-access.ts';
import type { RevokeResult } from '../../wire/machine-messages.ts';
import type { RemoteClientStatus } from '../../wire/status.ts';
import type { RemoteClient } from './remote-client.ts';

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
/** Tokens that open nothing any more. The oldest are forgotten: then they are wrong ones. */
const mostOver = 10_000;

export class RemoteTokens {
  readonly #clock: Clock;
  readonly #entries = new Map<Buffer, Opens>();
  /** By the digest: why it opens nothing any more, in half a sentence. */
  readonly #over = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns ends it, saying why. @throws CarpoolError HUB_REJECTED if there are too many */
  add(token: string, opens: Opens): (why: string) => void {
    if (!opens.ofRun) this.#makeRoom();
    const digest = digestOf(token);
    this.#entries.set(digest, opens);
    return (why) => this.#end(digest, why);
  }

  /** Looks at all of them, so that the time says nothing of which one was nearly right. */
  find(token: string): Opens | undefined {
    const shown = digestOf(token);
    let found: Opens | undefined;
    for (const [digest, opens] of this.#entries) if (timingSafeEqual(digest, shown)) found = opens;
    return found;
  }

  /** Why one that was good opens nothing any more; undefined: nothing is known of it. */
  whyOver(token: string): string | undefined {
    return this.#over.get(digestOf(token).toString('base64'));
  }

  /** One that was never added, such as that of a session, is over. */
  remember(token: string, why: string): void {
    this.#remember(digestOf(token), why);
  }

  /** Ends all that were given out to a name, and those of its runs. */
  revoke(name: string): RevokeResult {
    const of = [...this.#entries].filter(([, { client }]) => client.name === name);
    const clients = [...new Set(of.map(([, { client }]) => client))];
    const connections = clients.reduce((sum, client) => sum + client.revoke(this.#clock), 0);
    for (const [digest, { client }] of of) this.#end(digest, client.fault(this.#clock.now(), true) ?? '');
    return { addresses: clients.length, connections };
  }

  clients(): RemoteClientStatus[] {
    const now = this.#clock.now();
    return [...this.#entries.values()].flatMap(({ client, ofRun }) => (ofRun ? [] : [client.status(now)]));
  }

  #makeRoom(): void {
    const clients = [...this.#entries].filter(([, { ofRun }]) => !ofRun);
    if (clients.length < mostClients) return;
    const now = this.#clock.now();
    const forgotten = clients.find(([, { client }]) => client.isExpired(now));
    if (forgotten !== undefined) {
      const [digest, { client }] = forgotten;
      this.#end(digest, client.fault(now) ?? '');
      return;
    }
    const message = `Cannot make an address: ${mostClients} are given out, and that is the limit; give them an end by \`--expires\`, or take some back by \`--revoke\``;
    throw new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame: 'setup', context: { limit: mostClients } });
  }

  #end(digest: Buffer, why: string): void {
    if (this.#entries.delete(digest)) this.#remember(digest, why);
  }

  #remember(digest: Buffer, why: string): void {
    this.#over.set(digest.toString('base64'), why);
    const [oldest] = this.#over.keys();
    if (this.#over.size > mostOver && oldest !== undefined) this.#over.delete(oldest);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

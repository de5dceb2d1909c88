/** What a peer that only looks is shown of sessions: what was said in them, and what is said from then on. */
import { CarpoolError } from '../../base/errors.ts';
import type { PoolStatus, ShowsSession } from '../../pool/status.ts';
import type { AcceptedConnection } from '../../wire/accepted-connection.ts';
import type { ObservedFilter, ObservedSession, ObserveRequest, ObserveResult } from '../../wire/observe.ts';
import { describeShown, isMeant, Observer, shownCharacters } from './observer.ts';
import type { PeerHub, PeerKind } from './peer-hub.ts';

/** Sessions whose last messages are shown at once. */
const mostShown = 100;
/** Characters of what was said that are shown at once, beyond which each message is shown by those of the default: it is one turn of the host. */
const mostSaid = 1024 * 1024;

export class Observing {
  readonly #hub: Pick<PeerHub, 'clock' | 'passing' | 'poolStatus'>;
  readonly #connection: AcceptedConnection;
  #observer: Observer | undefined;
  #has = false;

  constructor(hub: Pick<PeerHub, 'clock' | 'passing' | 'poolStatus'>, connection: AcceptedConnection) {
    this.#hub = hub;
    this.#connection = connection;
  }

  /** Of what was shown messages, and has not read them, the end of the host does not wait. */
  hangUp(): void {
    if (this.#has && this.#connection.backlog > 0) this.#connection.destroy();
    else this.#connection.hangUp();
  }

  /** From this turn on: no message is missing between what was said and what passes. @throws CarpoolError HUB_REJECTED */
  observe({ filter, characters, said = true }: ObserveRequest, kind: PeerKind): ObserveResult {
    const { passing, clock } = this.#hub;
    if (kind !== 'observer') throw refused('only a process that looks is shown messages');
    if (passing === undefined) throw refused('messages of a run on the host of a machine are shown by that host');
    this.#observer?.end();
    this.#observer = undefined;
    if (filter === undefined) return { sessions: [] };
    this.#has = true;
    const sessions = said ? this.#sessions(filter, shownCharacters(characters)) : [];
    const time = (): number => Date.now();
    this.#observer = new Observer({ connection: this.#connection, clock, passing, filter, characters, time });
    return { sessions };
  }

  end(): void {
    this.#observer?.end();
    this.#observer = undefined;
  }

  #sessions(filter: ObservedFilter, characters: number): ObservedSession[] {
    let shown = 0;
    let left = mostSaid;
    const show: ReturnType<ShowsSession> = (frame) => {
      const text = describeShown(frame, left > 0 ? characters : undefined);
      left -= text.length;
      return text;
    };
    const shows: ShowsSession = (of) => (isMeant(filter, of) && shown++ < mostShown ? show : undefined);
    return this.#hub.poolStatus(Infinity, shows).flatMap(observedIn);
  }
}

function observedIn({ name: pool, id: poolId, sessions }: PoolStatus): ObservedSession[] {
  return sessions.flatMap(({ id, said, test, file, shard }) =>
    id === undefined || said === undefined ? [] : { pool, poolId, id, test, file, shard, ...said },
  );
}

function refused(why: string): CarpoolError {
  const message = `The host refused to show messages: ${why}`;
  return new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame: 'carpool' });
}

/** The connection of a host to the server: its leases, and the values of `once`. */
import { createHash, randomBytes } from 'node:crypto';
import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { CarpoolError, type ReachConnection, type ReachEvents, type ReachLease, type ReachWanted } from 'carpool';
import { Bucket, streamOf } from './bucket.ts';
import { systemClock, unhurriedClock } from './clock.ts';
import { connectToServer, hasEnded } from './connect.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { invalidError, lostError, takenError, describeRecord } from './messages.ts';
import { describeBucket, sweepLeftovers } from './leftovers.ts';
import { Leases } from './leases.ts';
import { checkPermissions, forbiddenIn } from './permissions.ts';
import { recordFor, type NameOf } from './record.ts';
import type { Session } from './session.ts';
import { Lasting, Unreadable } from './store.ts';
import { textOf } from './text-of.ts';
import { timingOf } from './validity.ts';
import { Values } from './values.ts';

const defaultTtl = 6_000;
/** Milliseconds for what a host does at its end, and for each of its questions then. */
const [closeTimeout, closeAnswer] = [4_000, 700];
const runAllowed = /^[\w.-]{1,100}$/;

const noop = (): void => {};

/** @param stopped nobody needs it any more @throws CarpoolError REACH_UNAVAILABLE */
export async function connectTo(options: ConnectionOptions, stopped: () => boolean): Promise<NatsConnected> {
  const run = runOf(options);
  const connection = await connectToServer(options, 'nats-server -js', stopped);
  try {
    await checkJetStream(connection, options.name);
    await checkPermissions(connection, bucketOf(run));
    // It would make a bucket to remove it.
    if (stopped()) throw hasEnded(options);
    return new NatsConnected(connection, options, run);
  } catch (thrown) {
    await connection.close();
    throw thrown;
  }
}

export class NatsConnected implements ReachConnection {
  readonly #connection: NatsConnection;
  readonly #name: string;
  readonly #bucketName: string;
  /** The same bucket as that of the leases, with shorter deadlines. */
  readonly #closing: Bucket;
  readonly #leases: Leases;
  readonly #values: Values;
  #closed: Promise<void> | undefined;

  constructor(connection: NatsConnection, { options, name, host }: ConnectionOptions, run: string) {
    const { ttl = defaultTtl, replicas = connection.info?.cluster === undefined ? 1 : 3 } = options;
    const timing = timingOf(ttl);
    this.#connection = connection;
    this.#name = `${name}, run ${JSON.stringify(run)}`;
    this.#bucketName = bucketOf(run);
    const timeout = Math.max(timing.renew, 250);
    const description = describeBucket(run, ttl);
    const of = { connection, name: this.#bucketName, replicas, description };
    const bucket = new Bucket({ ...of, timeout });
    this.#closing = new Bucket({ ...of, timeout: Math.min(timeout, closeAnswer) });
    this.#leases = new Leases({
      store: bucket,
      clock: systemClock,
      timing,
      randomId: () => randomBytes(12).toString('base64url'),
      random: Math.random,
      label: host,
      keyOf,
    });
    const session = (): Promise<Session | undefined> => this.#session();
    this.#values = new Values({ ...of, bucket, session, timeout: closeAnswer });
    void this.#begin();
  }

  async ready(): Promise<void> {
    await this.#leases.open();
  }

  /** @throws Lasting */
  async #session(): Promise<Session | undefined> {
    const session = await this.#leases.open();
    const { trouble } = this.#leases;
    if (session === undefined && trouble instanceof Lasting) throw trouble;
    return session;
  }

  async #begin(): Promise<void> {
    if ((await this.#leases.open()) === undefined) return;
    const stopped = (): boolean => this.#closed !== undefined;
    // What is left there costs the server memory, and nothing else.
    await sweepLeftovers({
      connection: this.#connection,
      name: this.#bucketName,
      clock: unhurriedClock,
      stopped,
    }).catch(noop);
  }

  acquire(wanted: ReachWanted, events: ReachEvents): ReachLease {
    const { name, kind, size } = wanted;
    const of: NameOf = { name, kind, size };
    const { trouble } = this.#leases;
    // It is tried again all the time; but what lasts is tried again by this call.
    if (!wanted.wait && trouble !== undefined && !(trouble instanceof Lasting)) {
      queueMicrotask(() => events.failed(this.#unavailable()));
      return { release: noop, describe: () => this.#describe(of) };
    }
    const id = this.#leases.want(wanted, {
      granted: ({ revision, epoch, place: { values } }) =>
        events.granted({ fence: { bucket: `${this.#bucketName}.${epoch}`, revision }, values }),
      refused: (record) => {
        if (kind === 'reservation' && recordFor(record, of) !== undefined) {
          events.granted({ fence: { bucket: this.#bucketName, revision: 0 }, values: [] });
          return;
        }
        events.failed(recordFor(record, of) === undefined ? invalidError(of, record) : takenError(of, record));
      },
      unavailable: (why) => events.failed(this.#unavailable(why)),
      lost: (why) => events.lost(lostError(of, this.#name, why)),
    });
    return {
      release: (amount) => this.#leases.giveBack(id, amount),
      describe: () => this.#describe(of),
    };
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    return await this.#try('read', key, () => this.#values.load(digest(key)));
  }

  async store(key: string, value: Uint8Array): Promise<void> {
    await this.#try('store', key, () => this.#values.store(digest(key), value));
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<void> {
    const until = systemClock.now() + closeTimeout;
    const closing = async (): Promise<string | undefined> => {
      await this.#closing.open();
      return await this.#leases.close({ store: this.#closing, removed: () => this.#values.remove(), until });
    };
    let cancel: (() => void) | undefined;
    const late = new Promise<string>((resolve) => {
      cancel = systemClock.after(closeTimeout + closeAnswer, () => resolve('the server has not answered in time'));
    });
    const why = await Promise.race([closing().catch(textOf), late]);
    cancel?.();
    await this.#connection.close();
    if (why !== undefined) this.#print(why);
  }

  /** Into the output of the host, which the user sees. */
  #print(why: string): void {
    const how = `the next run on this server removes it, or \`nats stream rm --force ${streamOf(this.#bucketName)}\``;
    console.log(`${this.#name}: its bucket may stay there: ${why}; ${how}`);
  }

  async #try<T>(what: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      const why = this.#clauseOf(forbiddenIn(thrown) ?? thrown);
      const text = `Cannot ${what} the value ${JSON.stringify(key)} at ${this.#name}: ${why}`;
      throw new CarpoolError('REACH_UNAVAILABLE', text, { cause: thrown });
    }
  }

  #unavailable(why: unknown = this.#leases.trouble): CarpoolError {
    return new CarpoolError('REACH_UNAVAILABLE', `Cannot use ${this.#name}: ${this.#clauseOf(why)}`);
  }

  #clauseOf(why: unknown): string {
    if (!(why instanceof Unreadable)) return textOf(why);
    const remove = `nats stream rm --force ${streamOf(this.#bucketName)}`;
    return `${why.message}; give all hosts of the run the same version, or see what else writes to the bucket ${this.#bucketName}, and remove that: \`${remove}\` ends all leases of the run`;
  }

  #describe(of: NameOf): string {
    const { trouble } = this.#leases;
    if (trouble !== undefined) return `${this.#name} does not answer: ${this.#clauseOf(trouble)}`;
    if (this.#leases.session?.over !== false) return `nothing is granted in a new bucket of ${this.#name} yet`;
    const record = this.#leases.recordOf(of);
    return record === undefined ? `${this.#name} was not asked yet` : describeRecord(record);
  }
}

/** @throws CarpoolError REACH_UNAVAILABLE if it is known to have none: a cluster may just have no leader. Forbidden */
async function checkJetStream(connection: NatsConnection, name: string): Promise<void> {
  try {
    await (await jetstreamManager(connection, { checkAPI: false, timeout: 5_000 })).getAccountInfo();
  } catch (thrown) {
    const forbidden = forbiddenIn(thrown);
    if (forbidden !== undefined) throw forbidden;
    const refused = thrown instanceof JetStreamApiError || connection.info?.jetstream !== true;
    if (!refused) return;
    const how = 'start it with JetStream (`nats-server -js`), and allow it for this account';
    throw new CarpoolError(
      'REACH_UNAVAILABLE',
      `Cannot use ${name}: the server has no JetStream for this user (${textOf(thrown)}); ${how}`,
      { cause: thrown },
    );
  }
}

function runOf({ options, name }: ConnectionOptions): string {
  const { run } = options;
  if (run === undefined || run === '') {
    const how =
      'set CARPOOL_RUN to the same text on all machines of a run, and to another one in each run, or give `run` to nats()';
    throw new CarpoolError('REACH_UNAVAILABLE', `Cannot use ${name}: it is not known which run this is; ${how}`);
  }
  if (runAllowed.test(run)) return run;
  throw new CarpoolError(
    'REACH_UNAVAILABLE',
    `Cannot use ${name}: the id of the run is ${JSON.stringify(run)}; it may have letters, digits, "-", "_" and ".", at most 100`,
  );
}

function bucketOf(run: string): string {
  return `carpool_${run.replaceAll('.', '_')}_${digest(run).slice(0, 6)}`;
}

/** What users name may hold any text; keys of a bucket may not. */
function keyOf({ name, kind }: NameOf): string {
  const space = kind === 'once' || kind === 'reservation' ? kind : 'name';
  return digest(`${space} ${name}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}

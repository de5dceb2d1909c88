/** The bucket of one run on a real server. Loaded with the first connection. */
import {
  jetstream,
  jetstreamManager,
  JetStreamApiCodes,
  JetStreamApiError,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import { RequestError, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { forbiddenIn } from './permissions.ts';
import { BucketGone, Conflict, NoJson, type Store, type Stored } from './store.ts';

export interface BucketOptions {
  readonly connection: NatsConnection;
  readonly name: string;
  readonly replicas: number;
  /** For people, and for those that look for what is left. */
  readonly description: string;
  /** Milliseconds for each answer. */
  readonly timeout: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Asks all hosts that listen whether they are there. No key of a bucket is named so. */
const question = 'who';
/** Milliseconds for those to answer. */
const longestQuestion = 500;
/** What the API answers for a stream that exists with other settings: those of who made it are as good. */
const streamExists = 10058;

export class Bucket implements Store {
  readonly races: boolean;
  readonly #options: BucketOptions;
  readonly #js: JetStreamClient;
  #kv: KV | undefined;
  #manager: Promise<JetStreamManager> | undefined;

  constructor(options: BucketOptions) {
    this.#options = options;
    this.races = options.replicas > 1;
    this.#js = jetstream(options.connection, { timeout: options.timeout });
  }

  /** Uses the bucket that there is, if there is one: it is made by another. */
  async open(): Promise<void> {
    this.#kv = await new Kvm(this.#js).open(this.#options.name, { allow_direct: false });
  }

  async make(): Promise<void> {
    const { name, replicas, timeout, description } = this.#options;
    const kvm = new Kvm(this.#js);
    // In memory: it is renewed all the time, and worth nothing after its run. Read from where it is written. Without a TTL:
    // that would count by the time of day of the server, which may jump.
    const options = { storage: StorageType.Memory, history: 1, replicas, allow_direct: false, timeout, description };
    try {
      this.#kv = await kvm.create(name, options);
    } catch (thrown) {
      if (!(thrown instanceof JetStreamApiError) || thrown.code !== streamExists) throw translated(thrown);
      await this.open();
    }
  }

  async get(key: string): Promise<Stored | undefined> {
    const entry = await this.#answer((kv) => kv.get(key));
    if (entry === null) return undefined;
    const { revision, created } = entry;
    const value = entry.operation === 'PUT' ? valueIn(decoder.decode(entry.value)) : undefined;
    return { value, revision, writtenAt: created.getTime() };
  }

  async set(key: string, value: unknown, expected: number): Promise<number> {
    const { timeout } = this.#options;
    return await this.#answer((kv) =>
      kv.put(key, encoder.encode(JSON.stringify(value)), { previousSeq: expected, timeout }),
    );
  }

  /**
   * One question, with one deadline. An iteration of the client's has none: it goes on where the server is lost meanwhile, and
   * may not end where a key is written meanwhile.
   */
  async keys(filter: string): Promise<readonly string[]> {
    const { name } = this.#options;
    const prefix = `$KV.${name}.`;
    const info = await this.#answer(async () => {
      const manager = await this.#managed();
      return await manager.streams.info(streamOf(name), { subjects_filter: `${prefix}${filter}` });
    });
    return Object.keys(info.state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
  }

  tell(key: string, stored: Stored): void {
    const { connection, name } = this.#options;
    // What is lost is found by those that wait, a little later.
    if (!connection.isClosed()) connection.publish(`${subjectOf(name)}.${key}`, JSON.stringify(stored));
  }

  listen(heard: (key: string, stored: Stored) => void): () => void {
    const { connection, name } = this.#options;
    const prefix = `${subjectOf(name)}.`;
    const subscription = connection.subscribe(`${prefix}>`, {
      callback: (error, message) => {
        if (error !== null) return;
        const key = message.subject.slice(prefix.length);
        if (key === question) {
          message.respond();
          return;
        }
        const stored = storedIn(message);
        if (stored !== undefined) heard(key, stored);
      },
    });
    return () => subscription.unsubscribe();
  }

  async others(): Promise<'there' | 'nobody' | 'unknown'> {
    const { connection, name, timeout } = this.#options;
    try {
      await connection.request(`${subjectOf(name)}.${question}`, undefined, {
        timeout: Math.min(timeout, longestQuestion),
      });
      return 'there';
    } catch (thrown) {
      return isUnheard(thrown) ? 'nobody' : 'unknown';
    }
  }

  async destroy(): Promise<void> {
    await this.#answer((kv) => kv.destroy());
  }

  async #answer<T>(ask: (kv: KV) => Promise<T>): Promise<T> {
    if (this.#kv === undefined) throw new BucketGone('the bucket is not open');
    try {
      return await ask(this.#kv);
    } catch (thrown) {
      // Nobody listens for the bucket: it is gone, or has no leader at the moment.
      throw translated(isUnheard(thrown) ? await this.#whyNobody(thrown) : thrown);
    }
  }

  #managed(): Promise<JetStreamManager> {
    const { connection, timeout } = this.#options;
    return (this.#manager ??= jetstreamManager(connection, { checkAPI: false, timeout }));
  }

  async #whyNobody(thrown: Error): Promise<unknown> {
    const manager = await this.#managed();
    return await manager.streams.info(streamOf(this.#options.name)).then(
      () => thrown,
      (why: unknown) => why,
    );
  }
}

/** What the server has as the bucket. */
export function streamOf(bucket: string): string {
  return `KV_${bucket}`;
}

/** Where hosts tell each other of writes: not the subject of the bucket, where what is refused is seen, too. */
function subjectOf(name: string): string {
  return `carpool.${name}`;
}

/** Anything may be published there: what is no record is found out by the next write. */
function storedIn(message: Msg): Stored | undefined {
  try {
    const stored = message.json<Partial<Stored> | null>();
    return Number.isSafeInteger(stored?.revision) ? (stored as Stored) : undefined;
  } catch {
    return undefined;
  }
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new NoJson(text);
  }
}

function isUnheard(thrown: unknown): thrown is Error {
  const { cause } = thrown as { readonly cause?: unknown };
  return [thrown, cause].some((one) => one instanceof RequestError && one.isNoResponders());
}

function translated(thrown: unknown): unknown {
  if (thrown instanceof JetStreamApiError) {
    if (thrown.code === JetStreamApiCodes.StreamWrongLastSequence) return new Conflict(thrown.message);
    if (thrown.code === JetStreamApiCodes.StreamNotFound) return new BucketGone(thrown.message);
  }
  return forbiddenIn(thrown) ?? thrown;
}

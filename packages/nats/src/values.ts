/** The values of `once` for all hosts: in the bucket, or above 512 KiB in an object store beside it, in memory, too. */
import { randomBytes } from 'node:crypto';
import { JetStreamApiCodes, JetStreamApiError, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { Objm, type ObjectStore } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Bucket } from './bucket.ts';
import type { Session } from './session.ts';
import { Unreadable } from './store.ts';

export interface ValuesOptions {
  readonly bucket: Bucket;
  readonly connection: NatsConnection;
  /** Of the bucket. */
  readonly name: string;
  readonly replicas: number;
  /** Of the bucket, for what it has beside it. */
  readonly description: string;
  readonly session: () => Promise<Session | undefined>;
  /** Milliseconds for the answer to `remove`. */
  readonly timeout: number;
}

/** Bytes of a value that stands in the bucket, as a message in base64. */
const inline = 512 * 1024;
/** Milliseconds for the next part of a value that stands beside the bucket. */
const longestPart = 10_000;
/** Bytes of a message, if the server does not say. */
const usualPayload = 1024 * 1024;

type Stored = { readonly value: string } | { readonly object: string };

export class Values {
  readonly #options: ValuesOptions;
  #objects: Promise<ObjectStore> | undefined;

  constructor(options: ValuesOptions) {
    this.#options = options;
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    const at = await this.#keyOf(key);
    const found = at === undefined ? undefined : (await this.#options.bucket.get(at))?.value;
    if (at === undefined || found === undefined) return undefined;
    const { value, object } = (found ?? {}) as Readonly<Partial<Record<'value' | 'object', unknown>>>;
    if (typeof value === 'string') return Buffer.from(value, 'base64');
    if (typeof object === 'string') return await this.#read(object);
    throw new Unreadable(at, found);
  }

  /** Part by part, each with a deadline: the client waits for the next one for ever, also where the server has lost it. */
  async #read(name: string): Promise<Uint8Array | undefined> {
    const found = await (await this.#store()).get(name);
    if (found === null) return undefined;
    found.error.catch(() => {}); // the part that does not come says so
    const reader = found.data.getReader();
    const parts: Uint8Array[] = [];
    try {
      for (;;) {
        const { done, value } = await inTime(reader.read());
        if (done) return Buffer.concat(parts);
        parts.push(value);
      }
    } finally {
      void reader.cancel().catch(() => {}); // it has ended, or has failed
    }
  }

  async store(key: string, value: Uint8Array): Promise<void> {
    const at = await this.#keyOf(key);
    if (at === undefined) throw new Error('the connection has ended');
    const { bucket, connection } = this.#options;
    let stored: Stored;
    const { max_payload: payload = usualPayload } = connection.info ?? {};
    if (value.length <= Math.min(inline, payload / 2)) stored = { value: Buffer.from(value).toString('base64') };
    else {
      const object = `${key}-${randomBytes(6).toString('hex')}`;
      await (await this.#store()).putBlob({ name: object }, value);
      stored = { object };
    }
    await bucket.set(at, stored, (await bucket.get(at))?.revision ?? 0);
  }

  /** What stands beside the bucket, which is gone. @throws what the server says */
  async remove(): Promise<void> {
    const { connection, name, timeout } = this.#options;
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout });
    try {
      await manager.streams.delete(`OBJ_${objectsOf(name)}`);
    } catch (thrown) {
      if (!(thrown instanceof JetStreamApiError) || thrown.code !== JetStreamApiCodes.StreamNotFound) throw thrown;
    }
  }

  /** Below the epoch: what a server has lost is computed again. */
  async #keyOf(key: string): Promise<string | undefined> {
    const session = await this.#options.session();
    return session && `${session.epoch}.value.${key}`;
  }

  #store(): Promise<ObjectStore> {
    const { connection, name, replicas, description } = this.#options;
    const opened = (this.#objects ??= new Objm(connection).create(objectsOf(name), {
      storage: StorageType.Memory,
      replicas,
      description,
    }));
    opened.catch(() => (this.#objects = undefined));
    return opened;
  }
}

async function inTime<T>(part: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `no part of it has come for ${longestPart / 1_000} s`;
    timer = setTimeout(() => reject(new Error(text)), longestPart);
  });
  try {
    return await Promise.race([part, late]);
  } finally {
    clearTimeout(timer);
  }
}

function objectsOf(name: string): string {
  return `${name}_values`;
}

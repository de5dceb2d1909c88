/** The values of `once` for all hosts: in the bucket, or above 512 KiB in an object store beside it, in memory, too. */
import { randomBytes } from 'node:crypto';
import { StorageType } from '@nats-io/jetstream';
import { Objm, type ObjectStore } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Bucket } from './bucket.ts';
import { sessionKey, type Session, type SessionValue } from './session.ts';

export interface ValuesOptions {
  readonly bucket: Bucket;
  readonly connection: NatsConnection;
  /** Of the bucket. */
  readonly name: string;
  readonly replicas: number;
  readonly session: () => Promise<Session | undefined>;
}

/** Bytes of a value that stands in the bucket, as a message in base64. */
const inline = 512 * 1024;
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
    const found = at === undefined ? undefined : ((await this.#options.bucket.get(at))?.value as Stored | undefined);
    if (found === undefined) return undefined;
    if ('value' in found) return Buffer.from(found.value, 'base64');
    return (await (await this.#store()).getBlob(found.object)) ?? undefined;
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

  /** No other host has a session. */
  async isUnused(): Promise<boolean> {
    const { bucket } = this.#options;
    for (const key of await bucket.keys(sessionKey('*', '*'))) {
      const found = (await bucket.get(key))?.value as SessionValue | undefined;
      if (found !== undefined && found.beat !== 0) return false;
    }
    return true;
  }

  /** A host that comes at the same moment begins another bucket: nothing is granted twice. */
  async destroy(): Promise<void> {
    const { bucket, connection, name } = this.#options;
    await bucket.destroy();
    const manager = new Objm(connection);
    const objects = await manager.open(objectsOf(name)).catch(() => undefined);
    await objects?.destroy();
  }

  /** Below the epoch: what a server has lost is computed again. */
  async #keyOf(key: string): Promise<string | undefined> {
    const session = await this.#options.session();
    return session && `${session.epoch}.value.${key}`;
  }

  #store(): Promise<ObjectStore> {
    const { connection, name, replicas } = this.#options;
    const opened = (this.#objects ??= new Objm(connection).create(objectsOf(name), {
      storage: StorageType.Memory,
      replicas,
    }));
    opened.catch(() => (this.#objects = undefined));
    return opened;
  }
}

function objectsOf(name: string): string {
  return `${name}_values`;
}

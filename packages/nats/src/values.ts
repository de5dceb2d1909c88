/** The values of `once` for all hosts: in the bucket, or above 512 KiB in an object store beside it, in memory, too. */
import { randomBytes } from 'node:crypto';
import { StorageType } from '@nats-io/jetstream';
import { Objm, type ObjectStore } from '@nats-io/obj';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Bucket } from './bucket.ts';
import { pause, type Clock } from './clock.ts';
import { sessionKey, type Session, type SessionValue } from './session.ts';
import type { Stored as StoredEntry } from './store.ts';
import type { Timing } from './validity.ts';

export interface ValuesOptions {
  readonly bucket: Bucket;
  readonly connection: NatsConnection;
  /** Of the bucket. */
  readonly name: string;
  readonly replicas: number;
  readonly session: () => Promise<Session | undefined>;
  readonly clock: Clock;
  readonly timing: Timing;
}

interface SessionSeen extends StoredEntry {
  readonly key: string;
  /** 0: it is over. */
  readonly beat: number;
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

  /**
   * No other host has a session that goes on. One that was killed may have left its own, where nobody wanted what it had: then
   * nothing was written to it for long, as far as the server's time says, and nothing is while it is looked at. If that is
   * wrong, the host is told that all is lost: nothing is given twice.
   */
  async isUnused(): Promise<boolean> {
    const { clock, timing } = this.#options;
    const sessions = await this.#sessions();
    const newest = Math.max(...sessions.map(({ writtenAt = 0 }) => writtenAt));
    const others = sessions.filter(({ beat }) => beat !== 0);
    if (others.some(({ writtenAt = newest }) => newest - writtenAt < timing.observe)) return false;
    if (others.length === 0) return true;
    await pause(clock, 2 * timing.renew);
    const after = new Map((await this.#sessions()).map(({ key, revision }) => [key, revision]));
    return after.size === sessions.length && others.every(({ key, revision }) => after.get(key) === revision);
  }

  async #sessions(): Promise<SessionSeen[]> {
    const { bucket } = this.#options;
    const seen: SessionSeen[] = [];
    for (const key of await bucket.keys(sessionKey('*', '*'))) {
      const found = await bucket.get(key);
      const value = found?.value as SessionValue | undefined;
      if (found !== undefined && value !== undefined) seen.push({ key, beat: value.beat, ...found });
    }
    return seen;
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

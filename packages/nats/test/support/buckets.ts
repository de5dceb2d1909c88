/** What stands on a server. */
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect } from 'vitest';

/**
 * The only bucket, and its keys. Asked for at once: an iteration over the keys may not end where one of them is written
 * meanwhile, as hosts do.
 */
export async function keysOf(connection: NatsConnection, filter: string): Promise<{ bucket: string; keys: string[] }> {
  const { streams } = await jetstreamManager(connection);
  const names: string[] = [];
  for await (const name of streams.names()) names.push(name);
  expect(names).toHaveLength(1);
  const [stream = ''] = names;
  const bucket = stream.replace('KV_', '');
  const prefix = `$KV.${bucket}.`;
  const { state } = await streams.info(stream, { subjects_filter: `${prefix}${filter}` });
  return { bucket, keys: Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length)) };
}

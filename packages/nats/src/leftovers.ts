/** Buckets of runs of which all hosts were killed: nothing has been written to them for long. */
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

export interface SweepOptions {
  readonly connection: NatsConnection;
  /** The bucket of this run, to which something was written a moment ago. */
  readonly name: string;
  /** Milliseconds without a write. */
  readonly silence: number;
}

/** Of a bucket, and of the values beside it. */
const bucketStream = /^(?:KV|OBJ)_(carpool_.+?)(?:_values)?$/;

/**
 * Deletes them. All times are the server's, and compared with that of the newest write to the own bucket. If they are wrong, a
 * living run loses its leases, and is told so: no lease is given twice. @returns the names of the streams
 */
export async function sweepLeftovers({ connection, name, silence }: SweepOptions): Promise<string[]> {
  const manager = await jetstreamManager(connection);
  const streams: { readonly stream: string; readonly bucket: string; readonly last: number }[] = [];
  for await (const { config, created, state } of manager.streams.list()) {
    const bucket = bucketStream.exec(config.name)?.[1];
    if (bucket === undefined) continue;
    const last = Math.max(Date.parse(created), state.messages > 0 ? Date.parse(state.last_ts) : 0);
    streams.push({ stream: config.name, bucket, last });
  }
  const newest = new Map<string, number>();
  for (const { bucket, last } of streams) newest.set(bucket, Math.max(last, newest.get(bucket) ?? 0));
  const now = newest.get(name);
  if (now === undefined) return [];
  const old = streams.filter(({ bucket }) => bucket !== name && now - (newest.get(bucket) ?? now) > silence);
  for (const { stream } of old) await manager.streams.delete(stream);
  return old.map(({ stream }) => stream);
}

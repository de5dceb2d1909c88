/** Buckets of runs of which no host is there any more: those were killed, or could not say in time that they end. */
import { jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { pause, type Clock } from './clock.ts';

export interface SweepOptions {
  readonly connection: NatsConnection;
  /** The bucket of this run, to which something was written a moment ago. */
  readonly name: string;
  readonly clock: Clock;
  /** Nobody waits for it any more. */
  readonly stopped: () => boolean;
}

interface Found {
  readonly streams: readonly string[];
  readonly ttl: number;
  /** Of the newest write, by the server's time of day. */
  readonly last: number;
  /** Another one after each write. */
  readonly state: string;
}

/** Of a bucket, and of the values beside it. */
const bucketStream = /^(?:KV|OBJ)_(carpool_.+?)(?:_values)?$/;
const described = /^Carpool, run .*, ttl (\d+) ms$/;
/** Times the ttl without a write, by the server's time, before it is looked at: a cluster may have no leader for a while. */
const silent = 5;
/** Milliseconds for which one is watched at most. */
const longestWatch = 120_000;

/** What stands beside the name of a bucket, for people, and for hosts of other runs. */
export function describeBucket(run: string, ttl: number): string {
  return `Carpool, run ${JSON.stringify(run)}, ttl ${Math.round(ttl)} ms`;
}

/**
 * Deletes those to which nothing was written for long, by the server's time, and nothing for their ttl, two minutes at most, by
 * the own clock: what a host held there is over by then. If that is wrong, or another one of that run comes at that moment, it
 * loses its leases, and is told so: no lease is given twice. @returns the names of the streams @throws what the server says
 */
export async function sweepLeftovers({ connection, name, clock, stopped }: SweepOptions): Promise<string[]> {
  const before = await bucketsOn(connection);
  const now = before.get(name)?.last;
  if (now === undefined) return [];
  const quiet = [...before].filter(([bucket, { ttl, last }]) => bucket !== name && now - last > silent * ttl);
  if (quiet.length === 0) return [];
  await pause(clock, Math.min(Math.max(...quiet.map(([, { ttl }]) => ttl)), longestWatch));
  if (stopped()) return [];
  const after = await bucketsOn(connection);
  const old = quiet.filter(([bucket, { state }]) => after.get(bucket)?.state === state);
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const streams = old.flatMap(([, found]) => found.streams);
  for (const stream of streams) await manager.streams.delete(stream);
  return streams;
}

async function bucketsOn(connection: NatsConnection): Promise<ReadonlyMap<string, Found>> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const found = new Map<string, StreamInfo[]>();
  for await (const info of manager.streams.list()) {
    const bucket = bucketStream.exec(info.config.name)?.[1];
    if (bucket !== undefined) found.set(bucket, [...(found.get(bucket) ?? []), info]);
  }
  return new Map(
    [...found].flatMap(([bucket, infos]) => {
      const one = foundIn(infos.toSorted((a, b) => a.config.name.localeCompare(b.config.name)));
      return one === undefined ? [] : [[bucket, one] as const];
    }),
  );
}

/** Undefined: nothing can be said of it. */
function foundIn(infos: readonly StreamInfo[]): Found | undefined {
  const ttls = infos.map(({ config }) => Number(described.exec(config.description ?? '')?.[1]));
  // One that does not say its ttl is not of this package; one without a leader does not say its state.
  if (ttls.some(Number.isNaN)) return undefined;
  if (infos.some(({ cluster }) => cluster !== undefined && cluster.leader === undefined)) return undefined;
  const times = infos.flatMap(({ created, state }) => [created, ...(state.messages > 0 ? [state.last_ts] : [])]);
  return {
    streams: infos.map(({ config }) => config.name),
    ttl: Math.max(...ttls),
    last: Math.max(...times.map((time) => Date.parse(time))),
    state: JSON.stringify(infos.map(({ config, created, state }) => [config.name, created, state.last_seq])),
  };
}

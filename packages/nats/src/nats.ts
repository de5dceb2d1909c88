/** What a config has as `reach`. */
import { resolve } from 'node:path';
import type { Reach, ReachConnection, ReachOptions, Topic, TopicOptions } from 'carpool';
import { checkOptions } from './check-options.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { LazyConnection } from './lazy-connection.ts';
import { serversIn, type Servers } from './servers.ts';
import { NatsTopic } from './topic.ts';
import type { NatsOptions } from './types.ts';

/**
 * Locks, reader-writer locks, semaphores, reservations and values computed once for all hosts of a run, over a NATS server
 * with JetStream, 2.9 or newer: what tests take with `scope: 'reach'`. And sessions on the hosts of other machines that offer
 * the same pools (`carpool serve --listen`). It connects nothing yet, and loads no client.
 *
 * @param servers `nats://HOST:PORT`, or `tls://`; several of one cluster as a list, or with commas between. Default of the
 *   port: 4222. The credentials may be in it, `nats://USER:PASSWORD@HOST` or `nats://TOKEN@HOST`, percent-encoded, in place
 *   of the options: no error and no name shows them
 * @throws CarpoolError CONFIG_INVALID if that is no address, if there is no such option, or if the credentials are in both
 * @example
 * ```ts
 * import { nats } from '@carpool/nats';
 * import { defineConfig } from 'carpool';
 *
 * export default defineConfig({ reach: nats('nats://ci.internal:4222') });
 * // in a test: using held = await lock('staging', { scope: 'reach' }).acquire();
 * ```
 */
export function nats(servers: string | readonly string[], given: NatsOptions = {}): Reach {
  const list = serversIn(servers);
  checkOptions(given, list);
  const connection: Omit<ConnectionOptions, 'host'> = {
    servers: list.addresses,
    name: `NATS at ${list.texts.join(', ')}`,
    options: settled(given, list),
    proofInAddress: list.proof !== undefined,
  };
  return {
    name: connection.name,
    open: ({ host }: ReachOptions): ReachConnection => new LazyConnection({ ...connection, host }),
    topic:
      given.hosts === false
        ? undefined
        : (events: TopicOptions): Topic => new NatsTopic({ ...connection, host: events.host }, events),
  };
}

/** The environment and the working directory are the runner's only while its config is read: a machine's host has many runs. */
function settled(options: NatsOptions, { proof, tls: isTls }: Servers): NatsOptions {
  const { run, credentials, tls } = options;
  const files = typeof tls === 'object' ? Object.entries(tls).map(([name, path]) => [name, absolute(path)]) : undefined;
  const paths = { credentials: absolute(credentials), tls: files ? Object.fromEntries(files) : (tls ?? isTls) };
  return { ...options, ...proof, run: run ?? process.env['CARPOOL_RUN'], ...paths };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

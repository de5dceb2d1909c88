/** What a config has as `reach`. */
import { resolve } from 'node:path';
import type { Reach, ReachConnection, ReachOptions, Topic, TopicOptions } from 'carpool';
import { LazyConnection } from './lazy-connection.ts';
import { checkOptions } from './option-names.ts';
import { NatsTopic } from './topic.ts';
import type { NatsOptions } from './types.ts';

/**
 * Locks, reader-writer locks, semaphores, reservations and values computed once for all hosts of a run, over a NATS server
 * with JetStream, 2.9 or newer: what tests take with `scope: 'reach'`. And sessions on the hosts of other machines that offer
 * the same pools (`carpool serve --listen`). It connects nothing yet, and loads no client.
 *
 * @param servers `nats://HOST:PORT`, or several of one cluster
 * @throws CarpoolError CONFIG_INVALID if there is no such option
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
  const list = typeof servers === 'string' ? servers.split(',') : servers;
  checkOptions(list, given);
  const options = settled(given);
  const name = `NATS at ${list.map(withoutPassword).join(', ')}`;
  return {
    name,
    open: ({ host }: ReachOptions): ReachConnection => new LazyConnection({ servers: list, options, name, host }),
    topic:
      options.hosts === false
        ? undefined
        : (events: TopicOptions): Topic => new NatsTopic({ servers: list, options, name, host: events.host }, events),
  };
}

/** The environment and the working directory are the runner's only while its config is read: a machine's host has many runs. */
function settled(options: NatsOptions): NatsOptions {
  const { run, credentials, tls } = options;
  const files = typeof tls === 'object' ? Object.entries(tls).map(([name, path]) => [name, absolute(path)]) : undefined;
  const paths = { credentials: absolute(credentials), tls: files ? Object.fromEntries(files) : tls };
  return { ...options, run: run ?? process.env['CARPOOL_RUN'], ...paths };
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** Whatever stands before the last `@`: a password may have any letters. */
function withoutPassword(server: string): string {
  return server.replace(/^([a-z]+:\/\/)?.*@/i, '$1');
}

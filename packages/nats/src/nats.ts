/** What a config has as `reach`. */
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
  // Now: the host of a machine has the environment of a run while it evaluates the config of that run, and not later.
  const options: NatsOptions = { ...given, run: given.run ?? process.env['CARPOOL_RUN'] };
  const list = typeof servers === 'string' ? servers.split(',') : servers;
  checkOptions(list, given);
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

/** Whatever stands before the last `@`: a password may have any letters. */
function withoutPassword(server: string): string {
  return server.replace(/^([a-z]+:\/\/)?.*@/i, '$1');
}

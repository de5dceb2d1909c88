/** The options that there are, and what may stand in them. The compiler keeps the list complete. */
import { CarpoolError, checkOptionNames } from 'carpool';
import type { NatsOptions } from './types.ts';

const names: Readonly<Record<keyof Required<NatsOptions>, true>> = {
  run: true,
  token: true,
  user: true,
  password: true,
  credentials: true,
  tls: true,
  ttl: true,
  replicas: true,
  connectTimeout: true,
  hosts: true,
};

const longestTtl = 24 * 60 * 60 * 1_000;

/** Where no compiler looks. @throws CarpoolError CONFIG_INVALID */
export function checkOptions(servers: readonly string[], options: NatsOptions): void {
  checkOptionNames('nats', options, names);
  if (servers.length === 0) throw invalid('it needs the address of a server: nats("nats://localhost:4222")');
  for (const server of servers)
    if (typeof server !== 'string' || server === '' || server.includes(' '))
      throw invalid(`${JSON.stringify(server)} is no address of a server, such as "nats://localhost:4222"`);
  checkNumber('ttl', options.ttl, 1_000);
  if (options.ttl !== undefined && options.ttl > longestTtl)
    throw invalid(`\`ttl\` is ${options.ttl}; it is ${longestTtl} at most, a day`);
  checkNumber('connectTimeout', options.connectTimeout, 1);
  if (options.hosts !== undefined && typeof options.hosts !== 'boolean')
    throw invalid(`\`hosts\` is ${JSON.stringify(options.hosts)}; it is true or false`);
  if (options.replicas !== undefined && ![1, 3, 5].includes(options.replicas))
    throw invalid(`\`replicas\` is ${String(options.replicas)}; it may be 1, 3 or 5`);
}

function checkNumber(name: string, value: unknown, least: number): void {
  if (value === undefined || (typeof value === 'number' && value >= least)) return;
  throw invalid(`\`${name}\` is ${JSON.stringify(value)}; it is a number of milliseconds from ${least}`);
}

function invalid(why: string): CarpoolError {
  return new CarpoolError('CONFIG_INVALID', `\`nats\`: ${why}`, { scope: 'call', blame: 'setup' });
}

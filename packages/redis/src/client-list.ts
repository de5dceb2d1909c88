/** What CLIENT LIST says of the connections of a user. Pure. */

export interface ListedClient {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  /** Seconds since its last command. */
  readonly idle: number;
  /** The last command: "blpop", "config|get". */
  readonly command: string;
  readonly blocked: boolean;
  /** Channels and patterns it is subscribed to. */
  readonly subscriptions: number;
  readonly inTransaction: boolean;
}

export function clientsOf(user: string, list: string): ListedClient[] {
  return clientsIn(list).filter((client) => client.user === user);
}

/** The users of all clients, each as often as it is connected. */
export function usersIn(list: string): string[] {
  return clientsIn(list).map(({ user }) => user);
}

function clientsIn(list: string): ListedClient[] {
  const all = list.split('\n').filter((line) => line.trim() !== '');
  return all.map(readClient);
}

/** `id=3 addr=127.0.0.1:1 name=shop idle=0 flags=b … cmd=blpop user=test-s1`: names have no spaces. */
function readClient(line: string): ListedClient {
  const fields = new Map(
    line.split(' ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  return {
    id: fields.get('id') ?? '',
    name: fields.get('name') ?? '',
    user: fields.get('user') ?? '',
    idle: number('idle'),
    command: fields.get('cmd') ?? '',
    blocked: fields.get('flags')?.includes('b') ?? false,
    subscriptions: number('sub') + number('psub') + number('ssub'),
    inTransaction: Number(fields.get('multi') ?? -1) >= 0,
  };
}

/** `of "shop", blocked in BLPOP` */
export function describeClient({ name, idle, command, blocked, subscriptions, inTransaction }: ListedClient): string {
  const whose = name === '' ? '' : `of "${name}", `;
  const shown = command.replace('|', ' ').toUpperCase();
  if (blocked) return `${whose}blocked in ${shown}`;
  if (subscriptions > 0)
    return `${whose}subscribed to ${subscriptions === 1 ? '1 channel' : `${subscriptions} channels`}`;
  const where = inTransaction ? 'in a transaction' : `idle for ${idle} s`;
  return `${whose}${where}, its last command: ${shown === 'NULL' ? 'none' : shown}`;
}

/** What the user of a session may do, as rules of ACL SETUSER. Pure. */
import type { RedisIsolation } from './types.ts';

export interface AccessOptions {
  readonly isolation: RedisIsolation;
  /** The number of its database; with `prefix`, 0. */
  readonly db: number;
  /** What its channels, and with `prefix` its keys, begin with: "s1:". */
  readonly prefix: string;
  /** No other session is on this server. */
  readonly alone: boolean;
  /** Of the user's config: they come last. */
  readonly acl: readonly string[];
}

/** Of the refused categories, what clients need to connect, and what reads or changes nothing of another session. */
const harmless = ['info', 'sort', 'sort_ro', 'restore', 'keys', 'role', 'config|get', 'module|list'];
/** They can name another database beside a key, where ACL rules see the key alone. */
const acrossDatabases = ['move', 'copy'];
/** What all sessions of a server have in common: its scripts, its functions. */
const ofAll = ['script|flush', 'script|kill', 'script|debug', 'function'];
const readsFunctions = ['function|list', 'function|dump', 'function|stats', 'function|help'];

export function accessRules({ isolation, db, prefix, alone, acl }: AccessOptions): string[] {
  const allow = (names: readonly string[]): string[] => names.map((name) => `+${name}`);
  const refuse = (names: readonly string[]): string[] => names.map((name) => `-${name}`);
  return [
    ...(isolation === 'database' ? ['~*'] : [`~${prefix}*`]),
    'resetchannels',
    ...channels({ isolation, db, prefix, alone }).map((pattern) => `&${pattern}`),
    '+@all',
    '-@admin',
    '-@dangerous',
    ...allow(harmless),
    ...refuse(acrossDatabases),
    // The first argument of SELECT is all that it has, so this leaves one database.
    ...refuse(['select']),
    ...allow([`select|${db}`]),
    ...(isolation === 'database' ? allow(['flushdb']) : refuse(['dbsize', 'randomkey'])),
    ...(alone ? allow(['flushall']) : [...refuse(ofAll), ...allow(readsFunctions)]),
    ...acl,
  ];
}

/** Channels belong to a server, not to a database. Those of keyspace notifications have its number in their name. */
function channels({ isolation, db, prefix, alone }: Omit<AccessOptions, 'acl'>): string[] {
  if (alone) return ['*'];
  const keys = isolation === 'database' ? '*' : `${prefix}*`;
  const events = isolation === 'database' ? [`__keyevent@${db}__:*`] : [];
  return [`${prefix}*`, `__keyspace@${db}__:${keys}`, ...events];
}

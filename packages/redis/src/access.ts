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
  /** The option of the config; these rules come last. */
  readonly acl: readonly string[];
}

/** Commands of the refused categories that clients need to connect, or that touch nothing of another session. */
const harmless = ['info', 'sort', 'sort_ro', 'restore', 'keys', 'role', 'config|get', 'module|list'];
/** They can name another database beside a key, and ACL rules look at the key alone. */
const acrossDatabases = ['move', 'copy'];
/** What all sessions of a server have in common: its scripts, its functions. */
const ofAll = ['script|flush', 'script|kill', 'script|debug', 'function'];
const readsFunctions = ['function|list', 'function|dump', 'function|stats', 'function|help'];

const allow = (names: readonly string[]): string[] => names.map((name) => `+${name}`);
const refuse = (names: readonly string[]): string[] => names.map((name) => `-${name}`);

export function accessRules(options: AccessOptions): string[] {
  const { isolation, prefix, alone, acl } = options;
  return [
    isolation === 'database' ? '~*' : `~${prefix}*`,
    'resetchannels',
    ...channels(options).map((pattern) => `&${pattern}`),
    '+@all',
    '-@admin',
    '-@dangerous',
    ...allow(harmless),
    ...(alone ? allow(['flushdb', 'flushall', 'swapdb']) : amongOthers(options)),
    ...acl,
  ];
}

/** Takes all from a user that is still connected. What keeps a connection alive stays: its failure would be an error of the client. */
export const noAccess: readonly string[] = ['-@all', '+ping'];

/**
 * What Redis logs of `+select|N`, at each session: no other rule leaves one database. A rule of the config in this form is
 * the user's, and its warning stays.
 */
export const ownRuleWarning: RegExp =
  /# Deprecation warning: Allowing a first arg of an otherwise blocked command .*\(offender: \+select\|\d+\)$/;

/** On a server with other sessions. */
function amongOthers({ isolation, db }: AccessOptions): string[] {
  return [
    ...refuse(acrossDatabases),
    ...refuse(ofAll),
    ...allow(readsFunctions),
    // SELECT has one argument, so this leaves one database.
    ...refuse(['select']),
    ...allow([`select|${db}`]),
    ...(isolation === 'database' ? allow(['flushdb']) : refuse(['dbsize', 'randomkey'])),
  ];
}

/** Channels belong to a server, not to a database. Those of keyspace notifications have its number in their name. */
function channels({ isolation, db, prefix, alone }: AccessOptions): string[] {
  if (alone) return ['*'];
  const keys = isolation === 'database' ? '*' : `${prefix}*`;
  const events = isolation === 'database' ? [`__keyevent@${db}__:*`] : [];
  return [`${prefix}*`, `__keyspace@${db}__:${keys}`, ...events];
}

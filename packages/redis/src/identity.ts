/** What makes two servers the same, for a host that serves several runs. */
import { resolve } from 'node:path';
import { isCarpoolError, type IdentityLookup, type IdentityOption, type PoolIdentity } from 'carpool';
import type { LaunchOptions } from './launch.ts';
import type { RedisBinary } from './locate.ts';
import { findServer } from './machine.ts';
import type { RedisIsolation } from './types.ts';

/** All that the server, and the users of its sessions, are made from. */
export interface IdentityParts extends LaunchOptions {
  readonly isolation: RedisIsolation;
  readonly acl: readonly string[];
}

/** @param given the option `identity` */
export async function serverIdentity(
  { binary, modules, config, databases, isolation, acl }: IdentityParts,
  given: IdentityOption | undefined,
  lookup: IdentityLookup,
): Promise<PoolIdentity> {
  const found = await findServer(binary, lookup).catch(notThere);
  const own = typeof given === 'function' ? await given(lookup) : given;
  const files = modules.map((module) => resolve(lookup.cwd, module.split(' ', 1)[0] ?? module));
  return {
    files: [...(found === undefined ? [] : [found.path]), ...files, ...(own?.files ?? [])],
    // Such a server is not started: the start says why, in the folder where it is so.
    folders: [...(found === undefined ? [lookup.cwd] : []), ...(own?.folders ?? [])],
    value: { version: found?.version, modules, config, databases, isolation, acl, own: own?.value },
  };
}

function notThere(thrown: unknown): undefined | RedisBinary {
  if (isCarpoolError(thrown, 'CHILD_NOT_STARTED')) return undefined;
  throw thrown;
}

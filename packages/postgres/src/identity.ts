/** What makes two servers the same, for a host that serves several runs. */
import { isCarpoolError, type IdentityLookup, type IdentityOption, type PoolIdentity } from 'carpool';
import type { ClusterOptions } from './cluster.ts';
import { findServer } from './machine.ts';
import { digest, readParts } from './plan.ts';
import type { Binaries } from './locate.ts';

/** @param given the option `identity`: what the functions of `schema` depend on */
export async function clusterIdentity(
  options: Omit<ClusterOptions, 'cache'>,
  given: IdentityOption | undefined,
  lookup: IdentityLookup,
): Promise<PoolIdentity> {
  const { schema, extensions, version, binaries, settings, tcp } = options;
  const found = await findServer({ version, binaries }, lookup).catch(notThere);
  const parts = await readParts(schema, lookup.cwd);
  const own = typeof given === 'function' ? await given(lookup) : given;
  // Such a server is not started: the start says why, in the folder where it is so.
  const unusable = found === undefined || parts instanceof Error;
  // What functions find in their folder, nothing tells.
  const unknown = own === undefined && !unusable && parts.some((part) => typeof part === 'function');
  const texts = unusable
    ? []
    : parts.map((part) => (typeof part === 'function' ? part : [part.name, digest(part.sql)]));
  return {
    files: [...(found === undefined ? [] : [found.postgres]), ...(own?.files ?? [])],
    folders: [...(unusable || unknown ? [lookup.cwd] : []), ...(own?.folders ?? [])],
    value: { version: found?.version, extensions, settings, tcp, texts, own: own?.value },
  };
}

function notThere(thrown: unknown): undefined | Binaries {
  if (isCarpoolError(thrown, 'CHILD_NOT_STARTED')) return undefined;
  throw thrown;
}

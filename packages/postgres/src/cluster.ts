/** One cluster: where it is, with which server, and how that is started. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CommandLookup, Launch } from 'carpool';
import { ClusterCache, type CachedCluster } from './cache.ts';
import { findServer } from './machine.ts';
import type { Binaries } from './locate.ts';
import { planSchema, type SchemaPlan } from './plan.ts';
import { templateError } from './template-error.ts';
import { settingsArguments } from './settings.ts';
import type { PostgresOptions } from './types.ts';
import { give, makeFolder, readable, unprivilegedUser, type RunAs } from './unprivileged.ts';

export type ClusterOptions = {
  readonly [Name in 'schema' | 'extensions' | 'version' | 'binaries' | 'settings' | 'cache']: PostgresOptions[Name];
} & { readonly tcp: boolean };

/** Where the server is, for the administration. */
export interface ClusterAddress {
  /** The folder of the socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

export interface Cluster {
  readonly launch: Launch;
  readonly address: ClusterAddress;
  readonly binaries: Binaries;
  readonly data: string;
  readonly plan: SchemaPlan;
  /** With `tcp`: what TCP connections are asked for. */
  readonly password: string | undefined;
  /** It came out of the cache with the template in it. */
  readonly hasTemplate: boolean;
  /** Keeps it for later runs, as it is now. */
  readonly keep: ((what: 'cluster' | 'template') => Promise<void>) | undefined;
}

export const superuser = 'postgres';

/** Makes the folder of a cluster, from the cache or anew. @throws CarpoolError CHILD_NOT_STARTED */
export async function prepareCluster(options: ClusterOptions, lookup: CommandLookup): Promise<Cluster> {
  const { schema, extensions = [], version, binaries: named, settings, tcp, cache = true } = options;
  const found = await findServer({ version, binaries: named }, lookup);
  const { temp, cwd } = lookup;
  const user = await unprivilegedUser();
  const binaries = await readable(user, found, temp);
  const plan = await planSchema({ schema, extensions, cwd, binaries: found });
  if (plan.failure !== undefined) throw templateError(plan.failure);
  const kept = cache === false ? undefined : new ClusterCache({ folder: cache === true ? undefined : cache, cwd });

  const [data, sockets] = [join(temp, 'data'), makeFolder(temp, 's')];
  const cached = await kept?.take(plan, data);
  if (cached === undefined) await initdb(binaries, { data: makeFolder(temp, 'data'), user, temp });
  else chmodSync(data, 0o700);
  writeFileSync(join(data, 'pg_hba.conf'), 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
  await give(user, temp, [data, sockets]);

  // Without `tcp` nothing listens on it: it is a part of the socket's name, and 5432 is what clients look for.
  const port = tcp ? (lookup.port ?? 5432) : 5432;
  const place = { unix_socket_directories: sockets, port, listen_addresses: tcp ? '127.0.0.1' : '' };
  return {
    launch: {
      command: binaries.postgres,
      args: ['-D', data, ...settingsArguments(place, settings)],
      env: { LC_ALL: 'C', LANG: undefined, PGDATA: undefined },
      // It looks at its current folder, which must be open to its user.
      ...(user === undefined ? {} : { cwd: temp, ...user }),
    },
    address: { host: sockets, port, user: superuser },
    binaries: found,
    data,
    plan,
    password: tcp ? randomBytes(16).toString('hex') : undefined,
    hasTemplate: cached === 'template',
    keep: keeping(kept, { plan, data, cached }),
  };
}

interface Keeping {
  readonly plan: SchemaPlan;
  readonly data: string;
  readonly cached: CachedCluster | undefined;
}

function keeping(kept: ClusterCache | undefined, { plan, data, cached }: Keeping): Cluster['keep'] {
  if (kept === undefined) return undefined;
  return async (what) => {
    // What is there already needs no second copy.
    if (cached === 'template' || cached === what) return;
    await kept.keep(plan, { data, what });
  };
}

interface NewCluster {
  readonly data: string;
  readonly user: RunAs | undefined;
  readonly temp: string;
}

async function initdb(binaries: Binaries, { data, user, temp }: NewCluster): Promise<void> {
  await give(user, temp, [data]);
  const args = [
    `--pgdata=${data}`,
    `--username=${superuser}`,
    '--auth=trust',
    '--no-sync',
    '--encoding=UTF8',
    // The same order of texts on every machine.
    '--no-locale',
    // Memory is the disk: segments of 1 MiB in place of 16.
    '--wal-segsize=1',
  ];
  const env = { ...process.env, LC_ALL: 'C' };
  await promisify(execFile)(binaries.initdb, args, { ...user, cwd: temp, env }).catch((thrown: unknown) => {
    const { stderr = '', message } = thrown as Error & { readonly stderr?: string };
    throw new Error(`initdb of PostgreSQL ${binaries.version} failed: ${stderr.trim() || message}`, { cause: thrown });
  });
}

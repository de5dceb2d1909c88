/** Clusters that are kept between runs. */
import { chmodSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { prepareCluster, type Cluster } from '../src/cluster.ts';
import { databases, files, place, query, type DatabasePool } from './support/pools.ts';
import { lookup, reason, server } from './support/servers.ts';

/** When its template was made. Its server ends then. */
async function born(pool: DatabasePool): Promise<unknown[]> {
  const found = await query(await pool.register(), 'SELECT * FROM born');
  await pool.close();
  return found;
}

const schema = { sql: 'CREATE TABLE born AS SELECT clock_timestamp()::text AS at' };

describe.skipIf(server === undefined)(`the cache${reason}`, () => {
  test('a template is used by later runs until something of it changes', async () => {
    const cache = join(files({}), 'kept');
    const first = await born(databases({ cache, schema }));
    expect(await born(databases({ cache, schema }))).toEqual(first);
    expect(readdirSync(cache).map((name) => name.split('-')[0])).toEqual(['cluster', 'template']);
    expect(await born(databases({ cache, schema: [schema, { sql: 'SELECT 1' }] }))).not.toEqual(first);
  });

  test('a broken one is made again', async () => {
    const cache = files({});
    const first = await born(databases({ cache, schema }));
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warned.mockRestore());
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), 'no tar file');
    expect(await born(databases({ cache, schema }))).not.toEqual(first);
    expect(warned.mock.calls[0]?.[0]).toContain('could not be used, and is made again');
  });

  test('of two runs that make it at once, later ones use what one has made; it holds a few, and drops what was not used for the longest time', async () => {
    const cache = files({});
    mkdirSync(cache, { recursive: true });
    const old = Array.from({ length: 8 }, (_, index) => `template-${index}.tar`);
    for (const [index, name] of [...old, 'making-1'].entries()) {
      writeFileSync(join(cache, name), '');
      utimesSync(join(cache, name), 1_000 + index, 1_000 + index);
    }
    const made = await Promise.all([born(databases({ cache, schema })), born(databases({ cache, schema }))]);
    expect(made).toContainEqual(await born(databases({ cache, schema })));
    const left = readdirSync(cache);
    expect(left).toHaveLength(6);
    expect(left.filter((name) => old.includes(name))).toEqual(old.slice(4));
  });

  test('with a function in the schema only the empty cluster is kept', async () => {
    const cache = files({});
    const pool = databases({ cache, schema: async (opened) => void (await query({ opened }, schema.sql)) });
    await born(pool);
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/^cluster-/)]);
  });
});

test('with `cache: false` nothing is looked for, or kept', async () => {
  const kept = files({});
  const programs = { 'bin/postgres': '#!/bin/sh\necho "postgres (PostgreSQL) 15.1"\n', 'bin/initdb': '#!/bin/sh\n' };
  const folder = files(programs);
  // As root, initdb is run as another user.
  for (const name of ['.', ...Object.keys(programs)]) chmodSync(join(folder, name), 0o755);
  const binaries = join(folder, 'bin');
  const clusterWith = async (cache: string | false): Promise<Cluster> => {
    const options = { binaries, cache, schema, extensions: [], version: undefined, settings: undefined, tcp: false };
    return await prepareCluster(options, { ...lookup, temp: place() });
  };
  await (await clusterWith(kept)).keep?.('template');
  expect(readdirSync(kept)).toEqual([expect.stringMatching(/^template-/)]);
  expect((await clusterWith(kept)).hasTemplate).toBe(true);
  const without = await clusterWith(false);
  expect([without.hasTemplate, without.keep]).toEqual([false, undefined]);
});

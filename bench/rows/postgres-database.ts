/**
 * A database for a test: a session of `@carpool/postgres`, copied from a template with 30 tables, against a clone of a
 * PGlite with the same tables, which many use in place of a server. Wall time, and the memory that each takes.
 */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { postgres } from '@carpool/postgres';
import { createPool, isCarpoolError } from 'carpool';
import { bounded, interleave, leaveOut, timed } from '../measure.ts';
import { residentMebibytes } from '../processes.ts';
import type { Row } from '../row.ts';

const sql = Array.from(
  { length: 30 },
  (_, number) => `CREATE TABLE t${number} (id int PRIMARY KEY, text text UNIQUE);`,
);
sql.push("INSERT INTO t0 SELECT n, 'text ' || n FROM generate_series(1, 1000) n;");
const schema = { sql: sql.join('\n') };

/** Mebibytes of a folder. */
function sizeOf(folder: string): number {
  return Number(execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')[0]) / 1024;
}

const row: Row = async (options) => {
  await using pool = createPool(postgres({ schema, cache: false, warm: 0 }));
  const first = await pool.register().catch((thrown: unknown) => {
    if (isCarpoolError(thrown, 'CHILD_NOT_STARTED')) return undefined;
    throw thrown;
  });
  if (first === undefined) return leaveOut('there is no PostgreSQL');
  const folder = dirname(first.opened.host);

  const template = await PGlite.create();
  await template.exec(schema.sql);
  const memory: Record<'database' | 'clone', number[]> = { database: [], clone: [] };
  const database = async (): Promise<number> => {
    const before = sizeOf(folder);
    let session: Awaited<ReturnType<typeof pool.register>> | undefined;
    const time = await timed(async () => (session = await pool.register()));
    memory.database.push(sizeOf(folder) - before);
    await session?.unregister();
    return time;
  };
  const clone = async (): Promise<number> => {
    const before = residentMebibytes(process.pid);
    let copy: Awaited<ReturnType<typeof template.clone>> | undefined;
    const time = await timed(async () => (copy = await template.clone()));
    memory.clone.push(residentMebibytes(process.pid) - before);
    await copy?.close();
    return time;
  };
  const measures = await interleave({ baseline: clone, database }, { rounds: 9, warmUps: 1, most: 9 }, options);
  await template.close();
  const naming = { section: 'test', label: 'a database from a template; a clone of a PGlite' } as const;
  return [
    bounded(
      {
        ...naming,
        id: 'postgres-database',
        quantity: 'wall',
        unit: 'ms',
        budget: { limit: 60, side: 'at most', of: 'value' },
      },
      measures.database,
      measures.baseline,
    ),
    bounded(
      {
        ...naming,
        id: 'postgres-database-memory',
        quantity: 'memory',
        unit: 'MiB',
        budget: { limit: 10, side: 'at most', of: 'value' },
      },
      memory.database,
      memory.clone,
    ),
  ];
};
export default row;

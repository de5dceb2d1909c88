/** The template: made once for each server, with everything that a database begins with. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { connect } from './client.ts';
import type { Cluster } from './cluster.ts';
import type { SqlSource } from './plan.ts';
import { sqlError } from './sql-error.ts';
import { templateError } from './template-error.ts';
import { statementsIn } from './statements.ts';
import type { PostgresDatabase } from './types.ts';

export const templateName = 'carpool_template';

export interface Making {
  readonly template: PostgresDatabase;
  readonly signal: AbortSignal;
}

/** @throws CarpoolError CHILD_NOT_READY with the file, the line and the statement that failed: no server is started again */
export async function makeTemplate(cluster: Cluster, making: Making): Promise<void> {
  try {
    await fill(cluster, making);
  } catch (thrown) {
    throw templateError(thrown);
  }
}

async function fill(cluster: Cluster, { template, signal }: Making): Promise<void> {
  const { address, plan } = cluster;
  const connected = async (use: (client: Client) => Promise<void>): Promise<void> => {
    const client = await connect(address, templateName);
    try {
      await use(client);
    } finally {
      await client.end();
    }
  };
  await connected((client) => addExtensions(client, plan.extensions));
  for (const part of plan.parts) {
    signal.throwIfAborted();
    // A connection each: what one sets for its session, as pg_dump does, is no matter of the next.
    if (typeof part === 'function') await part(template, signal);
    else await connected((client) => runSql(client, part));
  }
  await connected(checkFree);
}

async function addExtensions(client: Client, extensions: readonly string[]): Promise<void> {
  for (const name of extensions) {
    const statement = `CREATE EXTENSION IF NOT EXISTS ${client.escapeIdentifier(name)} CASCADE`;
    await client.query(statement).catch(async (thrown: Error) => {
      const { rows } = await client.query<{ name: string }>('SELECT name FROM pg_available_extensions ORDER BY name');
      const available = rows.map((row) => row.name).join(', ');
      throw new Error(
        `the extension "${name}" of the option \`extensions\`: ${thrown.message}\n  this server has: ${available}`,
        {
          cause: thrown,
        },
      );
    });
  }
}

async function runSql(client: Client, source: SqlSource): Promise<void> {
  for (const statement of statementsIn(source.sql)) {
    if (statement.text.startsWith('\\')) throw sqlError(source, statement, new Error(commandOfPsql(statement.text)));
    await client.query(statement.text).catch((thrown: unknown) => {
      throw sqlError(source, statement, thrown);
    });
  }
}

function commandOfPsql(text: string): string {
  const [name] = text.split(/\s/);
  return `\`${name}\` is a command of psql, and no SQL: write SQL, or let psql run the file, from a function in \`schema\``;
}

/** PostgreSQL copies no database to which something is connected: what a function of the schema has left open. */
async function checkFree(client: Client): Promise<void> {
  const statement =
    "SELECT application_name AS name, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
  for (let waited = 0; ; waited += 50) {
    const { rows } = await client.query<{ name: string; query: string }>(statement);
    const [first] = rows;
    if (first === undefined) return;
    if (waited >= 2_000) {
      const name = first.name === '' ? '' : ` ("${first.name}")`;
      throw new Error(
        `a function of \`schema\` left ${rows.length} of its connections open, and PostgreSQL copies no database that is in use; the last statement of one${name}: ${first.query}`,
      );
    }
    await delay(50);
  }
}

/** The administration's connections to the server. `pg` is loaded here, in the host alone. */
import type { Client } from 'pg';
import type { ClusterAddress } from './cluster.ts';

/** Names the connections of this package on the server. */
export const ownName = '@carpool/postgres';

/** Connects. The error of a connection that ends later is that of its next query. */
export async function connect(address: ClusterAddress, database = 'postgres'): Promise<Client> {
  const { default: pg } = await import('pg');
  // Explicit, so that no variable of the environment (PGHOST, PGSSLMODE, PGOPTIONS) has a say.
  const client = new pg.Client({
    ...address,
    database,
    ssl: false,
    password: '',
    options: '',
    application_name: ownName,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** @throws what the server says while it is not ready */
export async function checkReady(address: ClusterAddress, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const client = await connect(address);
  try {
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

/** One connection that is made again when something has ended it: a test can end all of a server's. */
export class Connection {
  readonly #address: ClusterAddress;
  #client: Promise<Client> | undefined;
  /** The end of what was asked before: a connection does one thing at a time. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(address: ClusterAddress) {
    this.#address = address;
  }

  /** @param again what to run first where the connection ended under the statement, whose outcome is not known then */
  run(statement: string, options: { readonly again?: string; readonly values?: unknown[] } = {}): Promise<Row[]> {
    const result = this.#before.then(() => this.#run(statement, options));
    // The next one runs whatever became of this one, which is reported to its caller.
    this.#before = result.catch(() => {});
    return result;
  }

  async #run(
    statement: string,
    { again, values }: { readonly again?: string; readonly values?: unknown[] },
  ): Promise<Row[]> {
    try {
      return await this.#query(statement, values);
    } catch (thrown) {
      if (!isLost(thrown)) throw thrown;
      this.#client = undefined;
    }
    if (again !== undefined) await this.#query(again);
    return await this.#query(statement, values);
  }

  async #query(statement: string, values?: unknown[]): Promise<Row[]> {
    this.#client ??= connect(this.#address);
    const client = await this.#client.catch((thrown: unknown) => {
      this.#client = undefined;
      throw thrown;
    });
    const { rows } = await client.query<Row>(statement, values);
    return rows;
  }
}

export type Row = Readonly<Record<string, unknown>>;

/** The connection has ended, and not the statement: admin_shutdown, or what `pg` and the system say. */
function isLost(thrown: unknown): boolean {
  const { code, message } = thrown as Partial<NodeJS.ErrnoException>;
  return (
    ['57P01', '57P02', 'ECONNRESET', 'EPIPE'].includes(code ?? '') ||
    /^Connection terminated|not queryable|^Client was closed/.test(message ?? '')
  );
}

/** There is no server, or one that is shutting down. */
export function isUnreachable(thrown: unknown): boolean {
  const { code } = thrown as Partial<NodeJS.ErrnoException>;
  // 57P03: cannot_connect_now.
  return ['ENOENT', 'ECONNREFUSED', '57P03'].includes(code ?? '') || isLost(thrown);
}

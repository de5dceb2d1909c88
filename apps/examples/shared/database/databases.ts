/**
 * Databases on one server, a new one for every test. Migrations and seed run once, into a template; a database is a copy
 * of it, which takes PostgreSQL some 30 ms, however many migrations there are.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Address } from './postgres.ts';

/** What `new Client()` wants. */
export interface Connection extends Address {
  readonly database: string;
}

const here = import.meta.dirname;

function scripts(): string[] {
  const migrations = readdirSync(join(here, 'migrations')).toSorted();
  return [...migrations.map((file) => join('migrations', file)), 'seed.sql'];
}

export class Databases implements AsyncDisposable {
  readonly #admin: Client;
  readonly #address: Address;
  #count = 0;

  private constructor(address: Address, admin: Client) {
    this.#address = address;
    this.#admin = admin;
  }

  /** Connects to the server, and makes the template. */
  static async open(address: Address): Promise<Databases> {
    const admin = new Client({ ...address, database: 'postgres' });
    // A server that ends closes the connection; the code that started it reports why.
    admin.on('error', () => {});
    await admin.connect();
    await admin.query('CREATE DATABASE shop');
    const shop = new Client({ ...address, database: 'shop' });
    await shop.connect();
    for (const script of scripts()) await shop.query(readFileSync(join(here, script), 'utf8'));
    // PostgreSQL cannot copy a database that has open connections.
    await shop.end();
    return new Databases(address, admin);
  }

  async create(): Promise<Connection> {
    const database = `test_${++this.#count}`;
    await this.#admin.query(`CREATE DATABASE ${database} TEMPLATE shop`);
    return { ...this.#address, database };
  }

  /** Closes connections that are still open. */
  async drop(database: string): Promise<void> {
    await this.#admin.query(`DROP DATABASE IF EXISTS ${this.#admin.escapeIdentifier(database)} WITH (FORCE)`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.end();
  }
}

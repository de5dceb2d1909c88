/** `@carpool/postgres`: one PostgreSQL server for all tests of a run, and a database for each test. */
export { postgres } from './postgres.ts';
export type { PostgresDatabase, PostgresOptions, PostgresSchema, SchemaFunction, SchemaPart } from './types.ts';

/** The parts of a schema, as the config has them. Test processes load it: it reads nothing. */
import { fileURLToPath } from 'node:url';
import type { PostgresSchema, SchemaPart } from './types.ts';

export function schemaParts(schema: PostgresSchema | undefined): readonly SchemaPart[] {
  if (schema === undefined) return [];
  return Array.isArray(schema) ? (schema as readonly SchemaPart[]) : [schema as SchemaPart];
}

/** The paths and globs among them. */
export function schemaFiles(schema: PostgresSchema | undefined): string[] {
  return schemaParts(schema).flatMap((part) => {
    if (part instanceof URL) return [fileURLToPath(part)];
    return typeof part === 'string' ? [part] : [];
  });
}

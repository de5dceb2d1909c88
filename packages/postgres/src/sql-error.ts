/** The error of a statement in a file: what PostgreSQL says, where, and in which statement. */
import type { SqlSource } from './plan.ts';
import { lineAt, type Statement } from './statements.ts';

interface ServerError {
  readonly message: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  /** In the statement, from 1, in characters. */
  readonly position?: string;
}

/** Its cause is what the server has said. */
export class StatementError extends Error {}

const longest = 600;

export function sqlError({ name, sql }: SqlSource, statement: Statement, thrown: unknown): StatementError {
  const { message, code, detail, hint, where, position } = thrown as ServerError;
  const line = lineAt(
    sql,
    statement.offset + (position === undefined ? 0 : offsetOf(statement.text, Number(position))),
  );
  const more = [
    ...(detail === undefined ? [] : [`detail: ${detail}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ...(where === undefined ? [] : [`where: ${where}`]),
  ];
  const text = statement.text.length > longest ? `${statement.text.slice(0, longest)}…` : statement.text;
  const lines = [...more, 'the statement:', ...text.split('\n').map((it) => `  ${it}`)];
  const sqlState = code === undefined ? '' : ` (SQLSTATE ${code})`;
  return new StatementError(`${name}:${line}: ${message}${sqlState}\n${lines.map((it) => `  ${it}`).join('\n')}`, {
    cause: thrown,
  });
}

/** PostgreSQL counts characters, JavaScript units of UTF-16. */
function offsetOf(text: string, position: number): number {
  return Array.from(text)
    .slice(0, position - 1)
    .join('').length;
}

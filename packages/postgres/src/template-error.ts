import { CarpoolError } from 'carpool';
import { StatementError } from './sql-error.ts';

/** The pool starts no server again: with the same schema it would fail in the same way. */
export function templateError(thrown: unknown): CarpoolError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CarpoolError('CHILD_NOT_READY', `Cannot make the template of the databases: ${message}`, {
    blame: 'setup',
    context: { path: 'start' },
    // The message has all of it already: runners print the cause, too.
    cause: thrown instanceof StatementError ? thrown.cause : thrown,
  });
}

import { CarpoolError } from 'carpool';

/** The pool starts no server again: with the same schema it would fail in the same way. */
export function templateError(thrown: unknown): CarpoolError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CarpoolError('CHILD_NOT_READY', `Cannot make the template of the databases: ${message}`, {
    blame: 'setup',
    context: { path: 'start' },
    cause: thrown,
  });
}

/** Failures of a start: a session that failed with one has reached no child, and another host may be able to start one. */
import { fromRecord, isCarpoolError, toRecord, type CarpoolError } from './errors.ts';

/** The same failure, marked by `context.started`, which travels. Anything but an error of Carpool stays as it is. */
export function asNotStarted(thrown: unknown): unknown {
  if (!isCarpoolError(thrown) || isNotStarted(thrown)) return thrown;
  const { context, ...record } = toRecord(thrown);
  const { stack = '', cause } = thrown;
  return fromRecord({ ...record, context: { ...context, started: false } }, { stack }, cause);
}

export function isNotStarted({ context }: CarpoolError): boolean {
  return context['started'] === false;
}

/** Errors of what is on another machine: whoever reads one must know where to look. */
import { fromRecord, toRecord, type CarpoolError } from './errors.ts';

/**
 * The same failure, with where it was.
 * @param machine "ci-2 (10.0.0.6:7000)"; undefined: it was on none other
 */
export function onMachine(error: CarpoolError, machine: string | undefined): CarpoolError {
  if (machine === undefined) return error;
  const { message, context, ...record } = toRecord(error);
  // That of a connection says it in its sentence.
  if (message.includes(machine)) return error;
  const { stack = '', cause } = error;
  const found = { ...record, message: `On ${machine}: ${message}`, context: { ...context, host: machine } };
  return fromRecord(found, { stack }, cause);
}

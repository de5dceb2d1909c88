/** What a config gives as `protocol`, and the protocol that each child gets of it. */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import { describeMessage } from '../codec/describe.ts';
import type { AnyMessages, Messages, Protocol } from '../protocol/protocol.ts';
import { sessionField, sessionFieldNames, type SessionFieldOptions } from '../protocol/session-field.ts';

/**
 * A protocol, a function that makes one for each child, or the options of `sessionField` as plain data. A protocol that
 * keeps state needs the function: two children of a pool can live at the same time.
 */
export type ProtocolOption<M extends Messages = AnyMessages> = Protocol<M> | (() => Protocol<M>) | SessionFieldOptions;

const longestFound = 80;
const allowed = 'a protocol, a function that returns one, or the options of `sessionField`';

/**
 * @returns what makes the protocol of one child. It throws CONFIG_INVALID if the function of the config fails, or returns
 * something else.
 * @throws CarpoolError CONFIG_INVALID
 */
export function protocolMaker(pool: string, option: ProtocolOption<Messages>): () => Protocol<Messages> {
  if (typeof option === 'function') return () => made(pool, option);
  if (isProtocol(option)) return () => option;
  const wrong = wrongPlace(option);
  if (wrong !== undefined) throw invalid(`Cannot make pool "${pool}"`, wrong.path, wrong.found);
  const protocol = sessionField(option as SessionFieldOptions) as Protocol<Messages>;
  return () => protocol;
}

function made(pool: string, make: () => Protocol<Messages>): Protocol<Messages> {
  let protocol: unknown;
  try {
    protocol = make();
  } catch (thrown) {
    throw asCarpoolError(thrown, 'CONFIG_INVALID', `Cannot start pool "${pool}": its \`protocol\` function failed`);
  }
  if (isProtocol(protocol)) return protocol;
  const attempt = `Cannot start pool "${pool}"`;
  throw invalid(attempt, 'protocol', `a function that returned ${describeMessage(protocol, longestFound)}`);
}

function isProtocol(value: unknown): value is Protocol<Messages> {
  if (typeof value !== 'object' || value === null) return false;
  const { name, route, address } = value as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof route === 'function' && typeof address === 'function';
}

/** What makes it neither a protocol nor plain options. */
function wrongPlace(value: unknown): { readonly path: string; readonly found: string } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { path: 'protocol', found: describeMessage(value, longestFound) };
  const record = value as Readonly<Record<string, unknown>>;
  const other = Object.keys(record).find((name) => !sessionFieldNames.has(name));
  if (other === undefined) return undefined;
  if (!('route' in record) && !('address' in record))
    return { path: `protocol.${other}`, found: 'an option of this name' };
  const missing = ['name', 'route', 'address'].find(
    (name) => typeof record[name] !== (name === 'name' ? 'string' : 'function'),
  );
  return { path: `protocol.${missing}`, found: describeMessage(record[missing ?? ''], longestFound) };
}

function invalid(attempt: string, path: string, found: string): CarpoolError {
  const message = `${attempt}: found ${found} at \`${path}\`; allowed: ${allowed}`;
  return new CarpoolError('CONFIG_INVALID', message, { context: { path, found, allowed } });
}

/** What a config gives as `protocol`, and the protocol that each child gets of it. */
import { CarpoolError, asCarpoolError } from '../base/errors.ts';
import { didYouMean } from '../base/similar.ts';
import { describeMessage } from '../codec/describe.ts';
import type { AnyMessages, Messages, Protocol } from '../protocol/protocol.ts';
import { exchangeNames, sessionField, sessionFieldNames, type SessionFieldOptions } from '../protocol/session-field.ts';

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
  if (wrong !== undefined) throw invalid(`Cannot make pool "${pool}"`, wrong);
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
  const found = `a function that returned ${describeMessage(protocol, longestFound)}`;
  throw invalid(attempt, { path: 'protocol', found });
}

function isProtocol(value: unknown): value is Protocol<Messages> {
  if (typeof value !== 'object' || value === null) return false;
  const { name, route, address } = value as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof route === 'function' && typeof address === 'function';
}

interface Wrong {
  readonly path: string;
  readonly found: string;
  /** What is allowed there. Default: what is allowed as a protocol. */
  readonly allows?: string;
  /** The name that was probably meant. */
  readonly meant?: string;
}

/** What makes it neither a protocol nor plain options. */
function wrongPlace(value: unknown): Wrong | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { path: 'protocol', found: describeMessage(value, longestFound) };
  const record = value as Readonly<Record<string, unknown>>;
  const other = Object.keys(record).find((name) => !sessionFieldNames.has(name));
  if (other === undefined) return wrongExchange(record);
  if (!('route' in record) && !('address' in record)) {
    const meant = didYouMean(other, [...sessionFieldNames]);
    return { path: `protocol.${other}`, found: 'an option of this name', meant };
  }
  const missing = ['name', 'route', 'address'].find(
    (name) => typeof record[name] !== (name === 'name' ? 'string' : 'function'),
  );
  return { path: `protocol.${missing}`, found: describeMessage(record[missing ?? ''], longestFound) };
}

/** A name in `hello`, `open`, `close` or `probe` that is no option, or the one that is missing. */
function wrongExchange(options: Readonly<Record<string, unknown>>): Wrong | undefined {
  for (const [name, { all, required }] of Object.entries(exchangeNames)) {
    const exchange = options[name];
    if (exchange === undefined) continue;
    const path = `protocol.${name}`;
    const allows = `an object of ${all.join(', ')}`;
    if (typeof exchange !== 'object' || exchange === null)
      return { path, found: describeMessage(exchange, longestFound), allows };
    const other = Object.keys(exchange).find((key) => !all.includes(key));
    if (other !== undefined)
      return { path: `${path}.${other}`, found: 'an option of this name', allows, meant: didYouMean(other, all) };
    if (!(required in exchange)) return { path: `${path}.${required}`, found: 'nothing', allows };
  }
  return undefined;
}

function invalid(attempt: string, { path, found, allows = allowed, meant = '' }: Wrong): CarpoolError {
  const message = `${attempt}: found ${found} at \`${path}\`${meant === '' ? ';' : meant} allowed: ${allows}`;
  return new CarpoolError('CONFIG_INVALID', message, { context: { path, found, allowed: allows } });
}

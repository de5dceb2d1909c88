/** Where a host listens, and the token that it wants to see: one string, which adapters hand to their workers. */
import { CarpoolError, fromRecord, isCarpoolError, toRecord } from '../base/errors.ts';

/** On this machine. */
export interface LocalPlace {
  /** A path of a unix socket, or the name of a Windows pipe. */
  readonly path: string;
}

/** On another machine, by TLS. */
export interface RemotePlace {
  /** A name or an address; one of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** The SHA-256 of its certificate, in base64url: what shows another one is another host. */
  readonly fingerprint: string;
  /** "ci-2 (10.0.0.6:7000)", where the name of its machine is known. For messages. */
  readonly machine?: string | undefined;
}

export type Place = LocalPlace | RemotePlace;
export type Address = Place & {
  /** 64 hexadecimal digits; that of a session has its number before. */
  readonly token: string;
};

/** The variable by which a worker finds its host where the runner has no channel of its own. */
export const addressVariable = 'CARPOOL_ADDRESS';

/** The variables in a shard of `carpool run --shards`: which one it is, from 1, and how many there are. */
export const shardVariable = 'CARPOOL_SHARD';
export const shardsVariable = 'CARPOOL_SHARDS';

/** "2/4"; undefined in what is no shard. */
export function shardIn(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [number, of] = [env[shardVariable], env[shardsVariable]];
  return number === undefined || of === undefined ? undefined : `${number}/${of}`;
}

/** What the value of the variable does to its user: it is named, with what to do. Other errors stay as they are. */
export function asOfVariable(thrown: unknown): unknown {
  if (!isCarpoolError(thrown) || !thrown.code.startsWith('HUB_')) return thrown;
  const remedy = `unset it, and the run starts a host of its own, or set it to the address of a host that runs (\`carpool serve\` and \`carpool address\` print one)`;
  const message = `${thrown.message}. The address is the value of ${addressVariable}: ${remedy}`;
  return fromRecord({ ...toRecord(thrown), message }, { stack: '' });
}

const scheme = 'carpool';
const tokenPattern = '[0-9a-f]{64}';
/** An address of IPv6, with its zone. */
const sixPattern = String.raw`\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]`;

export function isRemote<P extends Place>(place: P): place is Extract<P, RemotePlace> {
  return 'host' in place;
}

/** For messages. It shows no token. */
export function placeName(place: Place): string {
  return isRemote(place) ? (place.machine ?? hostAndPort(place)) : place.path;
}

/** HOST:PORT of what others announce as an address; undefined: it is none of another machine. */
export function remotePlace(address: string): string | undefined {
  const place = addressIn(address, scheme, tokenPattern);
  return place !== undefined && isRemote(place) ? placeName(place) : undefined;
}

export function hostAndPort({ host, port }: Pick<RemotePlace, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function formatAddress(address: Address, kind: string = scheme): string {
  const { token } = address;
  if (!isRemote(address)) return `${kind}:${address.path}#${token}`;
  return `${kind}+tls://${hostAndPort(address)}/#${token}.${address.fingerprint}`;
}

/** @throws CarpoolError HUB_UNREACHABLE */
export function parseAddress(address: string): Address {
  const parsed = addressIn(address, scheme, tokenPattern);
  if (parsed !== undefined) return parsed;
  throw new CarpoolError('HUB_UNREACHABLE', `Cannot connect to the host: its address ${whyNoAddress(address)}`);
}

/** In half a sentence, which shows nothing of it: a part may be of a token. */
function whyNoAddress(text: string): string {
  if (!/^carpool(?:\+tls)?:/.test(text)) return 'is none of Carpool: those begin with `carpool:` or `carpool+tls:`';
  return text.includes('#')
    ? 'was edited, or a part of it is missing: copy all of it'
    : 'was cut off before the `#`, which begins a comment in some files: copy all of it, in quotes';
}

/** Of a host on this machine. @throws CarpoolError HUB_UNREACHABLE */
export function localPath(address: string): string {
  const parsed = parseAddress(address);
  if (!isRemote(parsed)) return parsed.path;
  const message = `The host at ${placeName(parsed)} is on another machine, and has no socket on this one`;
  throw new CarpoolError('HUB_UNREACHABLE', message);
}

/** @param kind what stands before the colon @param token its pattern */
export function addressIn(text: string, kind: string, token: string): Address | undefined {
  const local = new RegExp(`^${kind}:(.+)#(${token})$`).exec(text);
  if (local !== null) return { path: String(local[1]), token: String(local[2]) };
  const remote = new RegExp(
    `^${kind}\\+tls://(?:${sixPattern}|([^\\s[\\]:/#]+)):(\\d{1,5})/#(${token})\\.([\\w-]{43})$`,
  ).exec(text);
  if (remote === null) return undefined;
  const [, six, name, digits, shown, fingerprint] = remote;
  const port = Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  return { host: String(six ?? name), port, fingerprint: String(fingerprint), token: String(shown) };
}

/**
 * What a host on another machine answers in the place of an address is only a token: the worker goes there as it has
 * come, because the host may have another name here.
 */
export function formatToken(token: string): string {
  return `#${token}`;
}

/** @param answer an address, or what `formatToken` made @param place where it was answered */
export function resolveAddress(answer: string, place: Place): string {
  const token = new RegExp(`^#(${tokenPattern})$`).exec(answer)?.[1];
  return token === undefined ? answer : formatAddress({ ...place, token });
}

/** "HOST:PORT", "[::1]:7000" → its parts; undefined if it is none. Port 0: any that is free. */
export function parseHostAndPort(text: string): Pick<RemotePlace, 'host' | 'port'> | undefined {
  const [, six, name, digits] = new RegExp(`^(?:${sixPattern}|([^\\s[\\]:/#]+)):(\\d{1,5})$`).exec(text) ?? [];
  const host = six ?? name;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

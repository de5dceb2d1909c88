/**
 * Where servers are, and what is in their addresses to prove who asks. This is the one place where an address becomes text:
 * what may be a password or a token is in none, neither in a name nor in an error.
 */
import { invalid } from './invalid.ts';

/** As in `NatsOptions`. */
export type AddressProof = { readonly token: string } | { readonly user: string; readonly password: string };

export interface Servers {
  /** Each as the client takes it, `HOST:PORT`. */
  readonly addresses: readonly string[];
  /** Each for a sentence. */
  readonly texts: readonly string[];
  /** One has begun with `tls://`. */
  readonly tls: boolean;
  readonly proof: AddressProof | undefined;
}

interface Server {
  readonly address: string;
  readonly text: string;
  readonly tls: boolean;
  readonly proof: AddressProof | undefined;
}

const usualPort = 4222;
const example = 'nats("nats://localhost:4222")';
// In a user or a password any character may stand: what is before the last `@` is theirs.
const parts = /^(?:(?<scheme>[a-z][a-z\d+.-]*):\/\/)?(?:(?<proof>.*)@)?(?<place>[^@]*)$/is;
const bracketed = /^(?<host>\[[\da-f:.]+\])(?::(?<port>\d+))?$/i;
const bareIpv6 = /^[\da-f:.]*:[\da-f:.]*:[\da-f:.]*$/i;
const named = /^(?<host>[^\s:[\]/?#\\]+)(?::(?<port>\d+))?$/;

/**
 * @param given an address, several with commas between, or a list
 * @throws CarpoolError CONFIG_INVALID
 */
export function serversIn(given: unknown): Servers {
  const texts = listOf(given);
  const servers = texts.map((text, index) => serverIn(text, texts.length === 1 ? 'the server' : `server ${index + 1}`));
  const proofs = servers.filter(({ proof }) => proof !== undefined);
  const [first, second] = new Map(proofs.map((server) => [JSON.stringify(server.proof), server])).values();
  if (first !== undefined && second !== undefined)
    throw invalid(
      `the addresses of ${first.text} and ${second.text} have different credentials; servers of one cluster take the same`,
    );
  return {
    addresses: servers.map(({ address }) => address),
    texts: servers.map(({ text }) => text),
    tls: servers.some(({ tls }) => tls),
    proof: first?.proof,
  };
}

function listOf(given: unknown): readonly unknown[] {
  if (given === undefined || given === '')
    throw invalid(
      `it needs the address of a server, and got ${given === '' ? 'an empty text' : 'undefined'}: ${example}; is a variable of the environment not set?`,
    );
  if (typeof given === 'string') return split(given);
  if (!Array.isArray(given))
    throw invalid(
      `its first argument is ${kindOf(given)}; it is the address of a server, or a list of them: ${example}`,
    );
  if (given.length === 0) throw invalid(`it needs the address of a server: ${example}`);
  return given;
}

function split(given: string): string[] {
  const [first = '', ...others] = given.split(',');
  // A part of a password would be taken for a server, and shown.
  if (given.includes('@') && others.some((other) => !/^[a-z]+:\/\//i.test(other)))
    throw invalid(
      'where one of several servers has a user or a token in its address, each begins with "nats://" or "tls://"; a comma in a password is written %2C',
    );
  return [first, ...others];
}

/** @param which for errors, where the address itself may hold a password in a place that is not known */
function serverIn(given: unknown, which: string): Server {
  if (typeof given !== 'string') throw invalid(`${which} is ${kindOf(given)}; it is an address, as in ${example}`);
  const { scheme, proof, place = '' } = parts.exec(given)?.groups ?? {};
  const address = given.includes('@') ? `the address of ${which}` : JSON.stringify(withoutQuery(given));
  const refused = (why: string): Error =>
    invalid(`${address} is no address of a server, such as "nats://localhost:4222"${why}`);
  if (scheme !== undefined && !/^(?:nats|tls)$/i.test(scheme)) throw refused(': it begins with "nats://" or "tls://"');
  const { host, port } = placeIn(place.replace(/\/$/, '')) ?? {};
  if (host === undefined || !URL.canParse(`http://${host}`)) throw refused('');
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
    throw refused(': a port is a number from 1 to 65535');
  const text = `${scheme === undefined ? '' : `${scheme}://`}${host}${port === undefined ? '' : `:${port}`}`;
  return {
    address: `${host}:${port ?? usualPort}`,
    text,
    tls: scheme?.toLowerCase() === 'tls',
    proof: proof === undefined || proof === '' ? undefined : proofIn(proof, text),
  };
}

function placeIn(place: string): { readonly host?: string; readonly port?: string } | undefined {
  if (bareIpv6.test(place)) return { host: `[${place}]` };
  return (bracketed.exec(place) ?? named.exec(place))?.groups;
}

/** What is between the scheme and the last `@`, percent-decoded: a token, or a user and a password. */
function proofIn(proof: string, server: string): AddressProof {
  const colon = proof.indexOf(':');
  const decoded = (part: string, what: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw invalid(`the ${what} in the address of ${server} has a "%" that is no "%XX"; a "%" itself is written %25`);
    }
  };
  if (colon === -1) return { token: decoded(proof, 'token') };
  const user = decoded(proof.slice(0, colon), 'user');
  if (user === '')
    throw invalid(`the address of ${server} has a password without a user: nats://USER:PASSWORD@HOST:PORT`);
  return { user, password: decoded(proof.slice(colon + 1), 'password') };
}

/** A token may be in it. */
function withoutQuery(given: string): string {
  const end = given.search(/[?#]/);
  return end === -1 ? given : `${given.slice(0, end)}…`;
}

function kindOf(given: unknown): string {
  if (given === null || given === undefined) return String(given);
  if (Array.isArray(given)) return 'a list';
  return typeof given === 'object' ? 'an object' : `a ${typeof given}`;
}

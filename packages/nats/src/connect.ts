/** The connection to a server: how it is made, and in one sentence why it cannot be. */
import {
  AuthorizationError,
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  type TlsOptions,
} from '@nats-io/transport-node';
import type { CarpoolError } from 'carpool';
import { firstToAnswer } from './answers.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { contents, unusable } from './files.ts';
import { textOf } from './text-of.ts';
import { checkIdentity, describeTls, proveCertificate, readTls, TlsError, type TlsFiles } from './tls.ts';

const defaultConnectTimeout = 5_000;
/** Milliseconds for one attempt. */
const longestAttempt = 2_000;
/** Milliseconds for the greeting of a server that has answered. */
const leastGreeting = 500;
/** Milliseconds between attempts to connect again. */
const reconnectWait = 100;

/**
 * @param command that starts a server which has what is needed of it
 * @param stopped nobody needs it any more: no other attempt is made
 * @throws CarpoolError REACH_UNAVAILABLE
 */
export async function connectToServer(
  of: ConnectionOptions,
  command: 'nats-server' | 'nats-server -js',
  stopped: () => boolean,
): Promise<NatsConnection> {
  const { servers, options, name, host } = of;
  const { connectTimeout = defaultConnectTimeout } = options;
  const [proof, files] = await Promise.all([proofOf(options, name), readTls(options.tls, name)]);
  const ends = performance.now() + connectTimeout;
  for (;;) {
    // Of one server: another one may answer.
    const attempt = (): number => Math.max(Math.min(ends - performance.now(), longestAttempt), 1);
    try {
      const { server: first, verifies } = await firstToAnswer(servers, attempt());
      if (verifies) await proveCertificate(first, files, attempt());
      return await connect({
        servers: [first, ...servers.filter((server) => server !== first)],
        noRandomize: true,
        name: `carpool, ${host}`,
        // That of the first word may have taken nearly all.
        timeout: Math.max(attempt(), leastGreeting),
        // It connects again for as long as the host lives: what it held is over by its own clock before that.
        maxReconnectAttempts: -1,
        reconnectTimeWait: reconnectWait,
        reconnectJitter: reconnectWait,
        ignoreAuthErrorAbort: true,
        // A connection that is half open is found.
        pingInterval: 2_000,
        maxPingOut: 2,
        ...proof,
      });
    } catch (error) {
      const [thrown = error] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
      // A server that is started beside the tests may need a moment.
      if (isFinal(thrown) || ends - performance.now() < reconnectWait)
        throw unreachable({ ...of, files }, thrown, `within ${Math.round(connectTimeout)} ms`, command);
      await new Promise((resolve) => setTimeout(resolve, reconnectWait));
      if (stopped()) throw hasEnded(of);
    }
  }
}

async function proofOf(
  { token, user, password, credentials, tls }: ConnectionOptions['options'],
  name: string,
): Promise<Partial<NodeConnectionOptions>> {
  const proof: Partial<NodeConnectionOptions> = tls === undefined || tls === false ? {} : { tls: tlsOf(tls) };
  if (token !== undefined) return { ...proof, token };
  if (user !== undefined) return { ...proof, user, ...(password !== undefined && { pass: password }) };
  const read = await contents(credentials, 'credentials', name);
  return read === undefined ? proof : { ...proof, authenticator: credsAuthenticator(read) };
}

/** By their paths: a connection that comes back takes what stands there then. */
function tlsOf(tls: Exclude<ConnectionOptions['options']['tls'], false | undefined>): TlsOptions {
  const { ca, cert, key } = tls === true ? {} : tls;
  const files = { ...(ca && { caFile: ca }), ...(cert && { certFile: cert }), ...(key && { keyFile: key }) };
  const options = { ...files, checkServerIdentity: checkIdentity };
  return options;
}

export function hasEnded({ name }: Pick<ConnectionOptions, 'name'>): CarpoolError {
  return unusable(name, 'the run has ended');
}

/** It will be the same soon after. */
export function isFinal(thrown: unknown): boolean {
  return thrown instanceof AuthorizationError || isTls(thrown);
}

function isTls(thrown: unknown): boolean {
  if (thrown instanceof TlsError) return true;
  // Of the system, such as a name that is not found: that may be "tls.example".
  if (isOfSystem(thrown) || (thrown instanceof Error && isOfSystem(thrown.cause))) return false;
  return /certificate|tls|ssl/i.test(textOf(thrown));
}

function isOfSystem(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown;
}

function unreachable(
  of: ConnectionOptions & { readonly files: TlsFiles },
  thrown: unknown,
  when: string,
  command: string,
): CarpoolError {
  const why =
    thrown instanceof AuthorizationError
      ? refused(of)
      : isTls(thrown)
        ? describeTls(thrown, of.files)
        : `no server answers there ${when} (${textOf(thrown)}): start one with \`${command}\`, or correct the address`;
  return unusable(of.name, why, thrown);
}

function refused({ options, proofInAddress }: ConnectionOptions): string {
  const { token, user, credentials } = options;
  if (proofInAddress)
    return `it refuses the ${token === undefined ? 'user and the password' : 'token'} in its address; what is no letter or digit is percent-encoded there, "@" as %40`;
  const given = '`token`, `user` and `password`, or `credentials` of nats()';
  return token === undefined && user === undefined && credentials === undefined
    ? `it wants credentials, and none were given: see ${given}`
    : `it refuses these credentials: see ${given}`;
}

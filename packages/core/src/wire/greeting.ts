/** What both kinds of sockets of a host want of a worker first: a greeting with the token. */
import { json } from '../codec/json.ts';
import { op, wireVersion } from './frames.ts';
import type { GreetRequest } from './messages.ts';
import { version } from '../base/version.ts';

/** A greeting fits; nothing else is read before it. */
export const greetingBytes: number = 64 * 1024;
/** Milliseconds in which the token must have been shown. */
export const greetTimeout = 5_000;
/** A worker's frame: a message of the largest kind, and its head. */
export const workerFrameBytes: number = 1024 * 1024 * 1024;

/** Compares in constant time. */
export function sameToken(shown: string, token: Uint8Array): boolean {
  const bytes = Buffer.from(shown);
  if (bytes.length !== token.length) return false;
  // Loaded with the first worker: a host is to be ready before.
  const { timingSafeEqual } = process.getBuiltinModule('node:crypto');
  return timingSafeEqual(bytes, token);
}

/** Why a token is refused that nothing is known of. */
export const wrongToken = 'the token is not the one of this host; the address is of another run, or was edited';

/**
 * Why the first frame is no greeting of a worker of this run, if it is none.
 * @param tokenFault why this token is refused, if it is
 */
export function greetingFault(
  kind: number,
  body: Uint8Array,
  tokenFault: (token: string) => string | undefined,
): string | undefined {
  const greeting = kind === op.CALL ? (json.decode(body) as Partial<GreetRequest>) : {};
  const { method, token, wire } = greeting;
  const fault = method === 'greet' && typeof token === 'string' ? tokenFault(token) : wrongToken;
  if (fault !== undefined) return fault;
  if (wire === wireVersion) return undefined;
  const versions = `the worker has carpool ${String(greeting.version)} (wire ${String(wire)}), the host has carpool ${version} (wire ${wireVersion})`;
  return `${versions}; install one version of \`carpool\` and its adapter`;
}

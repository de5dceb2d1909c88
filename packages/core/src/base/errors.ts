/**
 * The one error class of Carpool, and the table of its codes.
 *
 * An error says three things: what was tried and what is so (`message`), how far the damage goes (`scope`), and who can
 * mend it (`blame`). It is made where the user's call was made, so that its stack points at the user's line, and it is
 * recognised by a brand, never by `instanceof`: test runners evaluate modules in other realms and more than once.
 */
import { messageOf } from './thrown.ts';

/** What is unusable after the error: this call only, this session, the child, the whole pool, the hub, or the run. */
export type ErrorScope = 'call' | 'session' | 'child' | 'pool' | 'hub' | 'shared worker' | 'run';

/** Whose mistake it is, as far as can be told: the test's, the child's, the set-up's, or Carpool's own. */
export type ErrorBlame = 'test' | 'child' | 'setup' | 'carpool';

/** One row of the table in docs/errors.md, which a test holds against this one. */
export interface ErrorKind {
  readonly scope: ErrorScope;
  readonly blame: ErrorBlame;
  /** One sentence: what is so. */
  readonly meaning: string;
  /** One or two sentences: what to do. */
  readonly remedy: string;
}

export type ErrorCode =
  | 'CHILD_NOT_STARTED'
  | 'CHILD_NO_HELLO'
  | 'CHILD_VERSION'
  | 'CHILD_EXITED'
  | 'CHILD_UNKILLABLE'
  | 'FRAME_TOO_LARGE'
  | 'FRAME_MALFORMED'
  | 'FRAME_TRUNCATED'
  | 'SESSION_REFUSED'
  | 'SESSION_FAILED'
  | 'SESSION_CLOSED'
  | 'SESSION_OVERFLOW'
  | 'REQUEST_TIMEOUT'
  | 'POOL_FULL'
  | 'POOL_QUEUE_TIMEOUT'
  | 'ALREADY_REGISTERED'
  | 'POOL_CLOSED'
  | 'POOL_GAVE_UP'
  | 'HUB_UNREACHABLE'
  | 'HUB_REJECTED'
  | 'HUB_LOST'
  | 'SHARED_WORKER_FAILED'
  | 'SHARED_WORKER_PROTOCOL'
  | 'LEASE_INVALID'
  | 'LEASE_TAKEN'
  | 'LEASE_TIMEOUT'
  | 'LEASE_DEADLOCK'
  | 'LEASE_LOST'
  | 'ONCE_FAILED'
  | 'CONFIG_INVALID';

export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  CHILD_NOT_STARTED: {
    scope: 'pool',
    blame: 'setup',
    meaning: 'The command of a pool could not be started: it was not found, is not executable, or the system refused.',
    remedy: 'Correct `command` or install the program. The error lists where it was looked for.',
  },
  CHILD_NO_HELLO: {
    scope: 'child',
    blame: 'child',
    meaning: 'The child started, but did not say its hello in time, or said something else first.',
    remedy:
      'Look at the first bytes of its stdout in the evidence: a banner belongs on stderr. If it is slow, raise `helloTimeout`.',
  },
  CHILD_VERSION: {
    scope: 'pool',
    blame: 'setup',
    meaning: 'The child speaks another version of its protocol.',
    remedy: 'Install the version that the error names, or set the version in the pool.',
  },
  CHILD_EXITED: {
    scope: 'child',
    blame: 'child',
    meaning: 'The child exited while sessions were open. Every open session of that child receives this error.',
    remedy:
      'Read the exit status and the end of its stderr in the evidence. The next `register` starts a new child by itself.',
  },
  CHILD_UNKILLABLE: {
    scope: 'child',
    blame: 'child',
    meaning: 'The child was still there after the last rung of the stop ladder.',
    remedy: 'Look at the process with the pid in the error: it is probably in an uninterruptible wait of the kernel.',
  },
  FRAME_TOO_LARGE: {
    scope: 'child',
    blame: 'child',
    meaning:
      'A frame is larger than the limit. On the way to the child only that call fails; on the way from the child the stream cannot be followed any further, and the child is replaced.',
    remedy:
      'Raise `maxFrameBytes` if the message is meant to be that large. If the size is absurd, something is printing to stdout.',
  },
  FRAME_MALFORMED: {
    scope: 'child',
    blame: 'child',
    meaning: 'Bytes that are no message of the codec arrived, or a value was sent that the codec cannot write.',
    remedy:
      'Look at the bytes in the evidence. Is something printing to stdout, or is the `codec` of the pool another one?',
  },
  FRAME_TRUNCATED: {
    scope: 'child',
    blame: 'child',
    meaning: 'The stream ended in the middle of a frame.',
    remedy: 'The child died or closed its stdout while it was writing. The exit status and stderr are in the evidence.',
  },
  SESSION_REFUSED: {
    scope: 'call',
    blame: 'test',
    meaning: 'The child, or the pool in its place, refused this call; the session lives on.',
    remedy: 'The error gives the reason in the words of the one who refused.',
  },
  SESSION_FAILED: {
    scope: 'session',
    blame: 'child',
    meaning: 'The child ended this session on its own account. Other sessions of the child live on.',
    remedy: "The error gives the child's own code and words.",
  },
  SESSION_CLOSED: {
    scope: 'call',
    blame: 'test',
    meaning: 'The session was used after its end.',
    remedy:
      'The error says who ended it and when. A session belongs to one test: do not keep it in a module variable, and await everything a test starts.',
  },
  SESSION_OVERFLOW: {
    scope: 'session',
    blame: 'test',
    meaning: 'Too much is waiting in this session: unread events, or bytes that the other side does not take.',
    remedy: 'Read `session.events()`, send less at once, or raise `maxUnreadEvents` of the pool.',
  },
  REQUEST_TIMEOUT: {
    scope: 'call',
    blame: 'child',
    meaning: 'No reply came in time. A late reply is dropped.',
    remedy: 'The evidence holds the last messages of the session. If the child is slow, pass a larger `timeout`.',
  },
  POOL_FULL: {
    scope: 'call',
    blame: 'test',
    meaning: 'No slot is free, and the caller did not want to wait, or the queue itself is full.',
    remedy: 'The error names the holders. Unregister sessions (`await using`), raise `maxSessions`, or wait.',
  },
  POOL_QUEUE_TIMEOUT: {
    scope: 'call',
    blame: 'test',
    meaning: 'No slot became free in time.',
    remedy:
      'The error names the holders. Unregister sessions (`await using`), raise `maxSessions`, or raise `timeout`.',
  },
  ALREADY_REGISTERED: {
    scope: 'call',
    blame: 'test',
    meaning: 'The owner key already has a session of this pool.',
    remedy: 'Use the session that the error names, or register with another `owner` or with none.',
  },
  POOL_CLOSED: {
    scope: 'pool',
    blame: 'test',
    meaning: 'The pool is closed, or closing, and takes no more sessions.',
    remedy: 'Register before the pool is closed; start a new pool for more.',
  },
  POOL_GAVE_UP: {
    scope: 'pool',
    blame: 'child',
    meaning: 'The child failed too often within a short time, so the pool stopped starting new ones.',
    remedy: 'The cause is the last failure. Mend the child, or allow more with `restarts`.',
  },
  HUB_UNREACHABLE: {
    scope: 'hub',
    blame: 'setup',
    meaning: 'A test worker could not reach the host process.',
    remedy: "Is the adapter's global setup configured? The error names the address that was tried.",
  },
  HUB_REJECTED: {
    scope: 'hub',
    blame: 'setup',
    meaning: 'The host refused this worker: wrong token, another version of Carpool, or too many workers.',
    remedy: 'Make sure one version of `carpool` and its adapter is installed, and that the address was not edited.',
  },
  HUB_LOST: {
    scope: 'hub',
    blame: 'carpool',
    meaning: 'The connection to the host ended while it was in use.',
    remedy: 'The host died or was stopped, see the cause. Run the tests again; report it if the host crashed.',
  },
  SHARED_WORKER_FAILED: {
    scope: 'shared worker',
    blame: 'setup',
    meaning: 'A shared worker could not be started, was not ready in time, crashed, exited, or did not answer.',
    remedy:
      'The error names its file, how it ended and what it printed last. Tests that do not use it are not concerned.',
  },
  SHARED_WORKER_PROTOCOL: {
    scope: 'shared worker',
    blame: 'setup',
    meaning: 'A shared worker and those who use it have no protocol in common.',
    remedy: "Offer `supportedProtocols: ['ava-4']`, and negotiate it in the worker.",
  },
  LEASE_INVALID: {
    scope: 'call',
    blame: 'test',
    meaning:
      'What was asked of a lock, a semaphore, a reservation or `once` cannot be had: a name that is used with another kind or size, or a weight that is no whole number from 1 up to the capacity.',
    remedy: 'Use one kind and one size for each name; the error says which are in use.',
  },
  LEASE_TAKEN: {
    scope: 'call',
    blame: 'test',
    meaning: 'It is taken, and the call was one that does not wait.',
    remedy: 'The error names the holders. Wait with `acquire()`, or do something else meanwhile.',
  },
  LEASE_TIMEOUT: {
    scope: 'call',
    blame: 'test',
    meaning: 'It was not released before the deadline.',
    remedy:
      'The error names the holders: which test, since when, taken where. Release earlier (`using`), or raise `timeout`.',
  },
  LEASE_DEADLOCK: {
    scope: 'call',
    blame: 'test',
    meaning: 'Tests wait for each other in a circle, and this call would have closed it.',
    remedy: 'Acquire in the same order everywhere; the error names the circle.',
  },
  LEASE_LOST: {
    scope: 'call',
    blame: 'carpool',
    meaning: 'A lease ended before it was released: its owner has ended, or the connection to the host is gone.',
    remedy: 'Take it with the scope that lives long enough: `test`, `file` or `worker`.',
  },
  ONCE_FAILED: {
    scope: 'call',
    blame: 'test',
    meaning: 'A value that is computed once failed to be: the function of the test that computed it threw.',
    remedy: 'The cause is what it threw; the error names the test. The next call computes it again.',
  },
  CONFIG_INVALID: {
    scope: 'run',
    blame: 'setup',
    meaning: 'The configuration cannot be loaded, or holds something that is not allowed.',
    remedy: 'The error names the file, the path in it, what was found and what is allowed.',
  },
};

/** What a failure looked like from outside; every part is plain text and bounded. */
export interface Evidence {
  /** The end of what the child wrote to stderr. */
  readonly stderr?: string;
  /** Bytes on stdout that were no message: as text if they are text, else as a hexdump. */
  readonly stdout?: string;
  /** The last messages of the session, oldest first, each shortened. */
  readonly messages?: readonly string[];
  /** How the child ended, in English: "exited with code 3", "was killed by SIGKILL". */
  readonly exit?: string;
}

/** The stack of a user's call, kept until the call fails. */
export interface CallSite {
  readonly stack: string;
}

export interface CarpoolErrorOptions {
  readonly scope?: ErrorScope;
  readonly blame?: ErrorBlame;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly evidence?: Evidence;
  readonly cause?: unknown;
  readonly site?: CallSite | undefined;
}

/** An error as it crosses the hub: plain data. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly scope: ErrorScope;
  readonly blame: ErrorBlame;
  readonly context: Readonly<Record<string, unknown>>;
  readonly evidence: Evidence;
  readonly cause?: ErrorRecord | { readonly message: string };
}

const brand: unique symbol = Symbol.for('carpool.error') as never;

/** Every failure that Carpool reports. See docs/errors.md for the codes. */
export class CarpoolError extends Error {
  readonly code: ErrorCode;
  readonly scope: ErrorScope;
  readonly blame: ErrorBlame;
  /** Facts of this failure under stable names: pool, command, limit, size, holders, … */
  readonly context: Readonly<Record<string, unknown>>;
  readonly evidence: Evidence;

  constructor(code: ErrorCode, message: string, options: CarpoolErrorOptions = {}) {
    super(
      message + renderEvidence(options.evidence),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    const kind = errorKinds[code];
    this.code = code;
    this.scope = options.scope ?? kind.scope;
    this.blame = options.blame ?? kind.blame;
    this.context = options.context ?? {};
    this.evidence = options.evidence ?? {};
    Object.defineProperty(this, 'name', { value: 'CarpoolError', configurable: true, writable: true });
    Object.defineProperty(this, brand, { value: true });
    if (options.site !== undefined) restack(this, options.site);
  }
}

/** True for an error of Carpool, whichever copy or realm made it; with `code`, only for that code. */
export function isCarpoolError(value: unknown, code?: ErrorCode): value is CarpoolError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false;
  return code === undefined || (value as unknown as CarpoolError).code === code;
}

/**
 * Keeps the caller's stack for an error that may come later.
 * @param above the function whose caller is wanted; it and all below it are left out
 */
export function callSite(above: (...args: never[]) => unknown): CallSite {
  const site = { stack: '' };
  Error.captureStackTrace(site, above);
  return site;
}

/** The same failure with the stack of another call, so that each waiting call reports its own line. */
export function errorAt(error: CarpoolError, site: CallSite): CarpoolError {
  return fromRecord(toRecord(error), site, error.cause);
}

export function toRecord(error: CarpoolError): ErrorRecord {
  const { code, scope, blame, context, evidence, cause } = error;
  const record = { code, message: plainMessage(error), scope, blame, context, evidence };
  if (cause === undefined) return record;
  if (isCarpoolError(cause)) return { ...record, cause: toRecord(cause) };
  return { ...record, cause: { message: messageOf(cause) } };
}

export function fromRecord(record: ErrorRecord, site?: CallSite, cause: unknown = reviveCause(record)): CarpoolError {
  const { scope, blame, context, evidence } = record;
  // A newer host may know a code that this client does not; its words still reach the user.
  const code = Object.hasOwn(errorKinds, record.code) ? record.code : 'HUB_LOST';
  return new CarpoolError(code, record.message, { scope, blame, context, evidence, cause, site });
}

/** Turns whatever was thrown into an error of Carpool, and keeps the original as its cause. */
export function asCarpoolError(thrown: unknown, code: ErrorCode, message: string): CarpoolError {
  if (isCarpoolError(thrown)) return thrown;
  return new CarpoolError(code, `${message}: ${messageOf(thrown)}`, { cause: thrown });
}

function reviveCause(record: ErrorRecord): unknown {
  if (record.cause === undefined) return undefined;
  return 'code' in record.cause ? fromRecord(record.cause) : new Error(record.cause.message);
}

function plainMessage(error: CarpoolError): string {
  const tail = renderEvidence(error.evidence);
  return tail !== '' && error.message.endsWith(tail) ? error.message.slice(0, -tail.length) : error.message;
}

function restack(error: CarpoolError, site: CallSite): void {
  const frames = site.stack.slice(site.stack.indexOf('\n') + 1);
  const stack = `${error.name} [${error.code}]: ${error.message}\n${frames}`;
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true, enumerable: false });
}

function renderEvidence(evidence: Evidence | undefined): string {
  if (evidence === undefined) return '';
  const parts: string[] = [];
  if (evidence.exit !== undefined) parts.push(`\n  the child ${evidence.exit}`);
  if (evidence.stdout !== undefined && evidence.stdout !== '') parts.push(scissors('stdout', evidence.stdout));
  if (evidence.stderr !== undefined && evidence.stderr !== '') parts.push(scissors('end of stderr', evidence.stderr));
  if (evidence.messages !== undefined && evidence.messages.length > 0) {
    parts.push(scissors('last messages', evidence.messages.join('\n')));
  }
  return parts.join('');
}

function scissors(title: string, text: string): string {
  return `\n--- ${title} ---\n${text.trimEnd()}\n--- end ---`;
}

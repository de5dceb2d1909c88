/**
 * The one error class of Carpool.
 *
 * An error has three parts: what was tried and what is so (`message`), what is unusable now (`scope`), and where the
 * mistake is (`blame`). Its stack begins at the user's call, and it is recognised by a brand, never by `instanceof`: test
 * runners evaluate modules in other realms and more than once.
 */
import { errorKinds, type ErrorBlame, type ErrorCode, type ErrorScope } from './error-kinds.ts';
import { redactEvidence, redactPatterns } from './redact.ts';
import { messageOf } from './thrown.ts';

/** What could be seen of a failure; every part is plain text and bounded. */
export interface Evidence {
  /** The end of what the child wrote to stderr. */
  readonly stderr?: string | undefined;
  /** Bytes on stdout that were not a message: as text if they are text, else as a hexdump. */
  readonly stdout?: string | undefined;
  /** The last messages of the session, oldest first, each shortened. */
  readonly messages?: readonly string[] | undefined;
  /** What the child sent that no session took, oldest first, each with the reason. */
  readonly strays?: readonly string[] | undefined;
  /** The child sends nothing at all: what it seems to be stuck in, a sentence. */
  readonly silence?: string | undefined;
  /** A call has no answer: what the child says that it is doing or is seen to do, and which request it has answered last, a sentence. */
  readonly activity?: string | undefined;
  /** Errors that the child has logged, and that failed no call, oldest first, each shortened. */
  readonly logged?: readonly string[] | undefined;
  /** How the child ended, in English: "exited with code 3", "was killed by SIGKILL". */
  readonly exit?: string | undefined;
}

/** Where a user's call was made: its stack, kept in case the call fails. */
export interface CallSite {
  readonly stack: string;
}

/** What an error holds beside its code and its message. */
export interface CarpoolErrorOptions {
  /** Default: that of the code. */
  readonly scope?: ErrorScope | undefined;
  /** Default: that of the code. */
  readonly blame?: ErrorBlame | undefined;
  /** Plain data: the names and numbers of the message. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Also shown at the end of the message. */
  readonly evidence?: Evidence | undefined;
  /** The error that led to this one. Default none. */
  readonly cause?: unknown;
  /** Where the stack points. Default: where the error is made. */
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

/** Every failure that Carpool reports. Its `name` is "CarpoolError [CODE]"; docs/errors.md lists the codes. */
export class CarpoolError extends Error {
  readonly code: ErrorCode;
  readonly scope: ErrorScope;
  readonly blame: ErrorBlame;
  /** Details of this failure under stable names: pool, command, limit, size, holders, … */
  readonly context: Readonly<Record<string, unknown>>;
  readonly evidence: Evidence;

  constructor(code: ErrorCode, message: string, options: CarpoolErrorOptions = {}) {
    const evidence = options.evidence && redactEvidence(options.evidence);
    const said = redactPatterns(message);
    super(
      said + renderEvidence(evidence, said),
      options.cause === undefined ? undefined : { cause: besides(options.cause, evidence) },
    );
    const kind = errorKinds[code];
    this.code = code;
    this.scope = options.scope ?? kind.scope;
    this.blame = options.blame ?? kind.blame;
    this.context = options.context ?? {};
    this.evidence = evidence ?? {};
    // Runners print the name, or the head of the stack, before the message: both show the code.
    Object.defineProperty(this, 'name', { value: `CarpoolError [${code}]`, configurable: true, writable: true });
    Object.defineProperty(this, brand, { value: true });
    // V8 has written the head of the stack before the error had its name.
    if (options.site === undefined) Error.captureStackTrace(this, new.target);
    restack(this, options.site ?? { stack: this.stack ?? '' });
  }

  /** What a reporter shows. Vitest would print every other property too, and repeat the evidence with them. */
  toJSON(): { readonly name: string; readonly message: string; readonly stack?: string; readonly cause?: unknown } {
    const { name, message, stack = '', cause } = this;
    return cause === undefined ? { name, message, stack } : { name, message, stack, cause };
  }
}

/** True for an error of Carpool, whichever copy or realm of it made the error; with `code`, only for that code. */
export function isCarpoolError(value: unknown, code?: ErrorCode): value is CarpoolError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false;
  return code === undefined || (value as unknown as CarpoolError).code === code;
}

/**
 * Captures the caller's stack for an error that may come later.
 * @param above the function whose caller it is; this function and those it calls are left out
 */
export function callSite(above: (...args: never[]) => unknown): CallSite {
  const site = {};
  Error.captureStackTrace(site, above);
  return site as CallSite;
}

/** The same failure with the stack of another call, so that each waiting call reports its own line. */
export function errorAt(error: CarpoolError, site: CallSite): CarpoolError {
  return fromRecord(toRecord(error), site, error.cause);
}

/** What a promise rejects with, with the stack of a call; anything but an error of Carpool stays as it is. */
export async function failingAt<T>(work: Promise<T>, site: CallSite | undefined): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw site !== undefined && isCarpoolError(thrown) ? errorAt(thrown, site) : thrown;
  }
}

/** An error as plain data. */
export function toRecord(error: CarpoolError): ErrorRecord {
  const { code, scope, blame, context, evidence, cause } = error;
  const record = { code, message: plainMessage(error), scope, blame, context, evidence };
  if (cause === undefined) return record;
  if (isCarpoolError(cause)) return { ...record, cause: toRecord(cause) };
  return { ...record, cause: { message: messageOf(cause) } };
}

/**
 * The error that a record describes.
 * @param site where its stack begins. Default: the caller
 */
export function fromRecord(record: ErrorRecord, site?: CallSite, cause: unknown = reviveCause(record)): CarpoolError {
  const { scope, blame, context, evidence } = record;
  // A newer host may use a code that this client does not know; its message still reaches the user.
  const code = Object.hasOwn(errorKinds, record.code) ? record.code : 'HUB_LOST';
  return new CarpoolError(code, record.message, { scope, blame, context, evidence, cause, site });
}

/** An error of Carpool for any thrown value, which it keeps as its cause. An error of Carpool is returned as it is. */
export function asCarpoolError(thrown: unknown, code: ErrorCode, message: string): CarpoolError {
  if (isCarpoolError(thrown)) return thrown;
  return new CarpoolError(code, `${message}: ${messageOf(thrown)}`, { cause: thrown });
}

function reviveCause(record: ErrorRecord): unknown {
  if (record.cause === undefined) return undefined;
  if ('code' in record.cause) return fromRecord(record.cause, noSite);
  const cause = new Error(record.cause.message);
  // Where it is made anew says nothing of it.
  cause.stack = `${cause.name}: ${cause.message}`;
  return cause;
}

/** No line of the user's. */
const noSite: CallSite = { stack: '' };

/** A cause, without the evidence that its error shows itself: runners print both. */
function besides(cause: unknown, shown: Evidence | undefined): unknown {
  if (shown === undefined || !isCarpoolError(cause)) return cause;
  const parts = Object.entries(cause.evidence) as [keyof Evidence, Evidence[keyof Evidence]][];
  const other = parts.filter(([part, value]) => value !== undefined && value.toString() !== shown[part]?.toString());
  if (other.length === parts.length) return cause;
  const { code, scope, blame, context, stack = '' } = cause;
  const evidence: Evidence = Object.fromEntries(other);
  const site = { stack: stack.slice(cause.name.length + 2 + cause.message.length) };
  const message = withoutGuess(plainMessage(cause), shown.exit);
  return new CarpoolError(code, message, { scope, blame, context, evidence, cause: cause.cause, site });
}

/** What an exit may mean stands in parentheses, and the error has said it. */
function withoutGuess(message: string, exit: string | undefined): string {
  return exit === undefined ? message : message.replace(exit, exit.replace(/ \([^()]*\)$/, ''));
}

function plainMessage(error: CarpoolError): string {
  const { message, evidence } = error;
  // With the exit, and as it is where the message has that already.
  const tails = [renderEvidence(evidence), renderEvidence({ ...evidence, exit: undefined })];
  const tail = tails.find((it) => it !== '' && message.endsWith(it));
  return tail === undefined ? message : message.slice(0, -tail.length);
}

/** Writes the stack: the name, the message, and the frames of `site` that stand in code of the user. */
function restack(error: CarpoolError, site: CallSite): void {
  const frames = site.stack.split('\n').filter((line) => /^\s+at\s/.test(line));
  // Those of Carpool help where the mistake is Carpool's.
  const shown = error.blame === 'carpool' ? frames : frames.filter((line) => !isOwnFrame(line));
  const stack = [`${error.name}: ${error.message}`, ...(shown.every(isOfNode) ? [] : shown)].join('\n');
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true, enumerable: false });
}

/** Where this file is: in a built package beside all its files. */
const [, here = ''] =
  /((?:file:\/\/)?\/.*|[A-Z]:.*):\d+:\d+\)?$/.exec(new Error('here').stack?.split('\n')[1] ?? '') ?? [];
const ownFolder = /^.*[\\/]dist[\\/]/.exec(here)?.[0];

/** Frames of a stack that stand in code of the user: neither in Carpool nor in Node. */
export function userFrames(stack: string): string[] {
  return stack.split('\n').filter((line) => /^\s+at\s/.test(line) && !isOwnFrame(line) && !isOfNode(line));
}

/** The stack of an error of the user's, without frames that stand in Carpool. @param message where the stack has it, it stays */
export function withoutOwnFrames(stack: string, message = ''): string {
  const at = stack.indexOf(message) + message.length;
  const lines = stack.slice(at).split('\n');
  return stack.slice(0, at) + lines.filter((line) => !/^\s+at\s/.test(line) || !isOwnFrame(line)).join('\n');
}

/** It stands in Carpool. */
export function isOwnFrame(frame: string): boolean {
  if (ownFolder !== undefined && frame.includes(ownFolder)) return true;
  return /[\\/]node_modules[\\/](?:@carpool[\\/][\w-]+|carpool)[\\/]dist[\\/]/.test(frame);
}

function isOfNode(frame: string): boolean {
  return /\(?node:[\w/]+:\d+:\d+\)?$/.test(frame);
}

/** @param message what it says need not be said again */
function renderEvidence(evidence: Evidence | undefined, message = ''): string {
  if (evidence === undefined) return '';
  const parts: string[] = [];
  if (evidence.exit !== undefined && !saysExit(message, evidence.exit)) parts.push(`\n  the child ${evidence.exit}`);
  if (evidence.silence !== undefined) parts.push(`\n  ${evidence.silence}`);
  if (evidence.activity !== undefined) parts.push(`\n  ${evidence.activity}`);
  if (evidence.logged !== undefined && evidence.logged.length > 0) {
    parts.push(titled('errors that the child has logged', evidence.logged.join('\n')));
  }
  if (evidence.stdout !== undefined && evidence.stdout !== '') parts.push(titled('stdout', evidence.stdout));
  if (evidence.stderr !== undefined && evidence.stderr !== '') parts.push(titled('end of stderr', evidence.stderr));
  if (evidence.messages !== undefined && evidence.messages.length > 0) {
    parts.push(titled('last messages', evidence.messages.join('\n')));
  }
  if (evidence.strays !== undefined && evidence.strays.length > 0) {
    parts.push(titled('what no session took', evidence.strays.join('\n')));
  }
  return parts.join('');
}

/** Whether a message says how the child ended. @param exit "exited with code 1", which is not what "exited with code 12" says */
export function saysExit(message: string, exit: string): boolean {
  const at = message.indexOf(exit);
  return at >= 0 && !/\d/.test(message.charAt(at + exit.length));
}

function titled(title: string, text: string): string {
  return `\n--- ${title} ---\n${barred(text.trimEnd())}`;
}

/**
 * With a bar before each line, so that no runner takes a stack of the child for the stack of the error. Playwright looks at
 * the end of a line alone: there a space hides a frame.
 */
export function barred(block: string): string {
  return block.replace(/^/gm, '  │ ').replace(/:\d+:\d+\)?$/gm, '$& ');
}

/** Why a child has ended, as the error that its sessions fail with. */
import { asCarpoolError, CarpoolError, type Evidence } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { describeBytes } from '../codec/evidence.ts';
import type { Frame } from '../codec/frame.ts';
import type { Child, Printed } from '../process/child.ts';
import { describeExit } from '../process/exit.ts';
import type { Messages, Protocol } from '../protocol/protocol.ts';
import { gluedIn } from '../session/glued.ts';
import { type Journal, speakerName, type Speaker } from '../session/journal.ts';
import type { LoggedErrors } from '../session/logged-errors.ts';
import type { Mux } from '../session/mux.ts';
import { protocolError } from '../session/protocol-errors.ts';
import { framesAreLines } from './conflicts.ts';
import type { PoolSettings } from './options.ts';

/** How long the exit status may lag behind the end of the output; it knows more than a broken pipe. */
const exitLag = 1_000;

export interface Ending {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  readonly child: Child;
  readonly mux: Mux;
  readonly journal: Journal;
  readonly logged: LoggedErrors;
}

/** Bytes of a line that is no message. */
export const shownOfLine = 200;

/** Sessions that an error names. */
const mostNamed = 8;

/** Begins a sentence. Where a pool has several, its pid says which. */
export function nameOfChild({ name, children, server }: PoolSettings, { pid }: Child): string {
  const kind = server === undefined ? 'child' : 'server';
  return children > 1 ? `The ${kind} ${pid} of pool "${name}"` : `The ${kind} of pool "${name}"`;
}

/** ", with 2 sessions open: …", and how many are warm: those are nobody's. */
function describeOpen(all: readonly Speaker[]): string {
  const speakers = all.filter(({ isWarm }) => isWarm !== true);
  const ahead = all.length - speakers.length;
  if (speakers.length === 0) return ahead === 0 ? '' : `, with ${sessions(ahead)} opened ahead (warm)`;
  const named = speakers.slice(0, mostNamed).map(speakerName);
  if (speakers.length > mostNamed) named.push(`and ${speakers.length - mostNamed} more`);
  const more = ahead === 0 ? '' : `, beside ${sessions(ahead)} opened ahead (warm)`;
  return `, with ${sessions(speakers.length)} open: ${named.join(', ')}${more}`;
}

function sessions(count: number): string {
  return count === 1 ? 'one session' : `${count} sessions`;
}

/** The best reason for the end of the stream: what broke the framing, else how the child exited. */
export async function whyItEnded(
  { settings, clock, child, mux, journal, logged }: Ending,
  reason: CarpoolError | undefined,
): Promise<CarpoolError> {
  // Before they end with it.
  const speakers = mux.speakers();
  const open = describeOpen(speakers);
  const unreadable = reason?.code === 'FRAME_TOO_LARGE' || reason?.code === 'FRAME_MALFORMED';
  if (unreadable) {
    await child.kill();
    return withEvidence(reason, { child, pool: settings.name, advice: strayAdvice(settings) });
  }
  const expired = (): Error => new Error('still running');
  const exit = await within(child.exited, { clock, timeout: exitLag, expired }).catch(() => undefined);
  const status = exit ?? (await child.kill()); // it closed its output and runs on, of no use any more
  await child.drained;
  const how = describeExit(status);
  const after = `${Math.round(child.age())} ms after its start`;
  const subject = nameOfChild(settings, child);
  const message =
    exit === undefined
      ? `${subject} closed its output and was stopped, ${after}${open}`
      : `${subject} ${how}, ${after}${open}`;
  const { stderr, stdout } = evidenceOf(child);
  return new CarpoolError('CHILD_EXITED', `${message}${missingModule(stderr)}`, {
    context: { pool: settings.name, pid: child.pid, exit: status },
    evidence: {
      exit: how,
      stderr,
      stdout: reason?.evidence.stdout ?? stdout,
      messages: journal.describe(speakers.filter(({ isWarm }) => isWarm !== true)),
      logged: logged.all(),
    },
    cause: reason,
  });
}

/** Python finds the module of Carpool only where it is shown its folder. */
function missingModule(stderr: string | undefined): string {
  if (stderr?.includes("No module named 'carpool_child'") !== true) return '';
  return "; give it `env: { PYTHONPATH }` with the folder of `carpool/child.py`, as in docs/write-a-process.md: `dirname(createRequire(import.meta.url).resolve('carpool/child.py'))`";
}

/** A line that is no message, where `strayOutput` is 'fail': it ends the child. @param thrown what reading it failed with */
export function fatalLine({ codec }: PoolSettings, frame: Frame, thrown: CarpoolError): CarpoolError {
  if (!framesAreLines(codec)) return thrown;
  const line = describeBytes(frame.bytes, shownOfLine);
  const glued = gluedIn(frame);
  const missing = glued === undefined ? '' : `; ${glued.hint}`;
  const message = `The child printed a line to its stdout that is no message, which ends it, because \`strayOutput\` of the pool is 'fail': ${JSON.stringify(line)}${missing}; print to stderr instead`;
  const { evidence } = thrown;
  return new CarpoolError('FRAME_MALFORMED', message, { context: { ...thrown.context, line }, evidence });
}

/** Why its sessions ended, half a sentence. */
export function becauseOf({ context }: CarpoolError): string {
  const { line } = context;
  return typeof line !== 'string'
    ? 'because its child ended'
    : `because its child printed a line that is no message, ${JSON.stringify(line)},`;
}

/** The end of what it has printed since then; stdout where it carries no messages. */
export function evidenceOf(child: Child, since?: Printed): Evidence {
  const [stderr, stdout] = [child.stderrTail(since), child.stdoutTail(since)];
  return { ...(stderr !== '' && { stderr }), ...(stdout !== '' && { stdout }) };
}

/**
 * What a session shows of what its child has printed: that since it began, as the rest is of other sessions,
 * or of the start. A server logs its start in any case; of any other child it is said that there is more.
 */
export function evidenceOfSession(child: Child, began: Printed, { server }: PoolSettings): Evidence {
  const found = evidenceOf(child, began);
  const isAll = began.stderr === 0 || server !== undefined;
  return found.stderr !== undefined || isAll ? found : { ...found, stderr: '(nothing since this session began)' };
}

/** What the start of a child fails with. */
export function startFailure(thrown: unknown, pool: string, { name }: Protocol<Messages>): CarpoolError {
  return (
    protocolError('hello', name, thrown) ?? asCarpoolError(thrown, 'CHILD_NO_HELLO', `Cannot start pool "${pool}"`)
  );
}

export interface StartEvidence {
  readonly child: Child;
  readonly pool: string;
  /** What passed on the root so far: what came instead of a hello. */
  readonly messages?: readonly string[];
  /** What came and belongs nowhere, or is no message. */
  readonly strays?: readonly string[];
  /** Why bytes that are no message end the child, and what to do. */
  readonly advice?: string;
  /** What it had printed before it was killed. Default: all of it. */
  readonly printed?: Evidence | undefined;
}

/** Names the pool, and adds what the child wrote to stderr and said instead. */
export function withEvidence(
  error: CarpoolError,
  { child, pool, messages = [], strays = [], advice = '', printed = evidenceOf(child) }: StartEvidence,
): CarpoolError {
  if (error.context['pool'] === pool) return error;
  const { stderr, stdout } = printed;
  const hint =
    error.code === 'FRAME_MALFORMED' && !('line' in error.context) ? ' (is something printing to stdout?)' : '';
  const evidence: Evidence = {
    ...error.evidence,
    stderr: error.evidence.stderr ?? stderr,
    stdout: error.evidence.stdout ?? stdout,
    messages: error.evidence.messages ?? (messages.length === 0 ? undefined : messages),
    strays: error.evidence.strays ?? (strays.length === 0 ? undefined : strays),
  };
  const first = firstParagraph(error.message);
  const message = first.includes('stdout?') ? first : first + hint;
  return new CarpoolError(
    error.code,
    `${message.includes(`pool "${pool}"`) ? '' : `Pool "${pool}": `}${message}${message.includes('stdout?') ? advice : ''}`,
    {
      scope: error.scope,
      blame: error.blame,
      context: { ...error.context, pool, pid: child.pid },
      evidence,
      cause: error.cause,
    },
  );
}

function firstParagraph(message: string): string {
  const end = message.indexOf('\n--- ');
  return end < 0 ? message : message.slice(0, end);
}

function strayAdvice({ codec }: PoolSettings): string {
  if (framesAreLines(codec)) return '';
  const name = typeof codec === 'string' ? codec : codec.name;
  return ` The frames of codec "${name}" are not lines, so nothing after such bytes can be read, and the child is replaced. Print to stderr instead`;
}

/**
 * One life of the child: started, greeted, serving sessions, gone. A session dies with the generation it was opened in;
 * a new generation serves new sessions only.
 *
 *   start ──hello──▶ serving ──stop──▶ gone(error | undefined)
 *     └── not started, no hello, wrong version ─▶ rejects, and nothing is left behind
 */
import type { ErrorCode } from '../base/error-kinds.ts';
import { CarpoolError, asCarpoolError, isCarpoolError, type Evidence } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { describeExit } from '../process/exit.ts';
import type { Codec } from '../codec/codec.ts';
import { loadCodec } from '../codec/codecs.ts';
import type { Child } from '../process/child.ts';
import { resolveCommand } from '../process/command.ts';
import type { PidFiles } from '../process/pid-files.ts';
import type { Messages, Opened, Protocol } from '../protocol/protocol.ts';
import { Mux, type OpenOptions } from '../session/mux.ts';
import type { Conversation } from '../session/conversation.ts';
import { StreamTransport } from '../transport/stream.ts';
import type { Launch, PoolSettings, CommandLookup } from './options.ts';

export interface GenerationOptions {
  readonly settings: PoolSettings;
  readonly clock: Clock;
  /** Where started processes are recorded, so that a later host can sweep them. */
  readonly started?: PidFiles | undefined;
  /** Gives up a start: the child is killed, and the start fails with the reason. */
  readonly signal: AbortSignal;
  readonly onStderr?: ((text: Uint8Array) => void) | undefined;
  /** A message of the child that belongs to no session. */
  readonly stray: () => void;
  /** Its output has ended, so that it takes no more sessions. The reason comes with `ended`. */
  readonly dying: () => void;
  /** Once, when it is over; also after `stop`. `error` says why it ended by itself. */
  readonly ended: (error: CarpoolError | undefined) => void;
}

/** How long the exit status may lag behind the end of the output; it knows more than a broken pipe. */
const exitLag = 1_000;

interface Parts {
  readonly options: GenerationOptions;
  readonly child: Child;
  readonly mux: Mux;
  readonly codec: Codec;
  readonly protocol: Protocol<Messages>;
  readonly hello: unknown;
}

export class Generation {
  readonly hello: unknown;
  readonly codec: Codec;
  /** Of this child alone, where the config makes one for each. */
  readonly protocol: Protocol<Messages>;
  readonly child: Child;
  readonly #mux: Mux;
  readonly #options: GenerationOptions;
  #stopping = false;

  private constructor({ options, child, mux, codec, protocol, hello }: Parts) {
    this.#options = options;
    this.child = child;
    this.#mux = mux;
    this.codec = codec;
    this.protocol = protocol;
    this.hello = hello;
  }

  /** @throws CarpoolError CHILD_NOT_STARTED, CHILD_NO_HELLO, CHILD_VERSION, CHILD_EXITED, FRAME_*, CONFIG_INVALID */
  static async start(options: GenerationOptions): Promise<Generation> {
    const { settings, clock, signal } = options;
    const expired = (): Error => new Error('unreachable: what is waited for has a deadline of its own');
    const codec = await loadCodec(settings.codec);
    const protocol = settings.protocol();
    const late = (unwanted: Child): void => void unwanted.kill().catch(() => {});
    const child = await within(launch(options), { clock, signal, expired, late });
    const transport = new StreamTransport(child.output, child.input, {
      codec,
      limits: { maxFrameBytes: settings.maxFrameBytes },
    });
    const over = Promise.withResolvers<CarpoolError>();
    let generation: Generation | undefined;
    const mux = new Mux({
      transport,
      protocol,
      format: codec.format,
      clock,
      keepsDiagnostics: settings.diagnostics === 'fail',
      stray: options.stray,
      closed: (reason) => {
        options.dying();
        void whyItEnded(options, child, reason, mux).then(over.resolve);
      },
    });
    void over.promise.then((error) => {
      mux.fail({ by: 'child', at: clock.now(), reason: 'because its child ended', error });
      if (generation !== undefined) options.ended(generation.#stopping ? undefined : error);
    });
    try {
      const greeting = Promise.race([mux.hello(settings.helloTimeout), over.promise.then(failed)]);
      const hello = await within(greeting, { clock, signal, expired });
      generation = new Generation({ options, child, mux, codec, protocol, hello });
      return generation;
    } catch (thrown) {
      // The root's own "closed" is the echo of the end; the end itself says why.
      const error = isCarpoolError(thrown, 'SESSION_CLOSED') ? await over.promise : thrown;
      await child.kill();
      const failure = asCarpoolError(error, 'CHILD_NO_HELLO', `Cannot start pool "${settings.name}"`);
      throw withEvidence(failure, { child, pool: settings.name, messages: mux.root.recent.describe() });
    }
  }

  get sessions(): number {
    return this.#mux.size;
  }

  open(options: OpenOptions): { readonly conversation: Conversation; readonly opened: Promise<Opened> } {
    return this.#mux.open(options);
  }

  /** The child keeps this process running. */
  ref(): void {
    this.child.ref();
  }

  /** It does not. */
  unref(): void {
    this.child.unref();
  }

  evidence(): Evidence {
    return { stderr: this.child.stderrTail() };
  }

  /** Asks the child to end, and makes sure that it does. @throws CarpoolError CHILD_UNKILLABLE */
  async stop(): Promise<void> {
    this.#stopping = true;
    const { protocol } = this;
    const { stopTimeout } = this.#options.settings;
    const goodbye = protocol.goodbye === undefined ? undefined : () => protocol.goodbye?.(this.#mux.root.port);
    const deadlines = { goodbye: stopTimeout, endOfInput: stopTimeout, terminate: stopTimeout };
    await this.child.stop({ goodbye, deadlines });
  }

  /** Resolves when the last session has ended. */
  async drained(): Promise<void> {
    await this.#mux.drained();
  }
}

async function launch({ settings, clock, started, onStderr }: GenerationOptions): Promise<Child> {
  const { command, launch: base, name, stdio, forwardStderr, watch } = settings;
  const { env } = process;
  const find = (wanted: string): string | undefined => resolveCommand(wanted, process.cwd(), env['PATH']).file;
  const lookup = { env, find, cwd: base.cwd ?? process.cwd() };
  const found = typeof command === 'string' ? command : await evaluateCommand(command, lookup, name);
  const full: Launch = typeof found === 'string' ? { ...base, command: found } : { ...base, ...found };
  const stderr = forwardStderr ? 'forward' : 'keep';
  // Loaded when a child is started: a process that only reads a config does not pay for it.
  const { startChild } = await import('../process/start-child.ts');
  const starting = startChild({ ...full, stdio, stderr, watch }, { pool: name, clock, started, onStderr });
  return await starting.catch((thrown: unknown) => {
    throw isCarpoolError(thrown, 'CHILD_NOT_STARTED') ? withAdvice(thrown, full) : thrown;
  });
}

async function evaluateCommand(
  command: Exclude<PoolSettings['command'], string>,
  lookup: CommandLookup,
  pool: string,
): Promise<string | Launch> {
  try {
    return await command(lookup);
  } catch (thrown) {
    throw asCarpoolError(thrown, 'CHILD_NOT_STARTED', `Cannot start pool "${pool}": its \`command\` function failed`);
  }
}

/** What `start-failure.ts` says of a program that is not there. */
const generalAdvice = '. Install it, or give its path as `command`';

/** Adds what the config says about how to get the program. */
function withAdvice(error: CarpoolError, { searched = [], installHint }: Launch): CarpoolError {
  if (searched.length === 0 && installHint === undefined) return error;
  const places = searched.map((place) => `\n  looked at ${place}`).join('');
  const advice = installHint === undefined ? '' : `\n  ${installHint}`;
  const { scope, blame, context, evidence, cause } = error;
  // The config knows better how to get it.
  const reason = installHint === undefined ? error.message : error.message.replace(generalAdvice, '');
  return new CarpoolError(error.code, `${reason}${places}${advice}`, {
    scope,
    blame,
    context: { ...context, searched },
    evidence,
    cause,
  });
}

function failed(error: CarpoolError): never {
  throw error;
}

/** The best reason for the end of the stream: what broke the framing, else how the child exited. */
async function whyItEnded(
  options: GenerationOptions,
  child: Child,
  reason: CarpoolError | undefined,
  mux: Mux,
): Promise<CarpoolError> {
  const { settings, clock } = options;
  const unreadable = reason?.code === 'FRAME_TOO_LARGE' || reason?.code === 'FRAME_MALFORMED';
  if (unreadable) {
    await child.kill();
    return withEvidence(reason, { child, pool: settings.name });
  }
  const expired = (): Error => new Error('still running');
  const exit = await within(child.exited, { clock, timeout: exitLag, expired }).catch(() => undefined);
  const status = exit ?? (await child.kill()); // it closed its output and runs on, of no use any more
  await child.drained;
  const how = describeExit(status);
  const after = `${Math.round(child.age())} ms after its start`;
  const message =
    exit === undefined
      ? `The child of pool "${settings.name}" closed its output and was stopped, ${after}`
      : `The child of pool "${settings.name}" ${how}, ${after}`;
  const stderr = child.stderrTail();
  return new CarpoolError('CHILD_EXITED', message, {
    context: { pool: settings.name, pid: child.pid, exit: status },
    evidence: {
      exit: how,
      stderr: stderr === '' ? undefined : stderr,
      stdout: reason?.evidence.stdout,
      messages: mux.root.recent.describe(),
    },
    cause: reason,
  });
}

interface StartEvidence {
  readonly child: Child;
  readonly pool: string;
  /** What passed on the root so far: what came instead of a hello. */
  readonly messages?: readonly string[];
}

/** Names the pool, and adds what the child wrote to stderr and said instead. */
function withEvidence(error: CarpoolError, { child, pool, messages = [] }: StartEvidence): CarpoolError {
  if (error.context['pool'] === pool) return error;
  const stderr = child.stderrTail();
  const early: readonly ErrorCode[] = ['FRAME_MALFORMED', 'FRAME_TOO_LARGE'];
  const hint = early.includes(error.code) ? ' (is something printing to stdout?)' : '';
  const evidence: Evidence = {
    ...error.evidence,
    stderr: error.evidence.stderr ?? (stderr === '' ? undefined : stderr),
    messages: error.evidence.messages ?? (messages.length === 0 ? undefined : messages),
  };
  const message = firstParagraph(error.message);
  return new CarpoolError(error.code, `Pool "${pool}": ${message}${message.includes('stdout?') ? '' : hint}`, {
    scope: error.scope,
    blame: error.blame,
    context: { ...error.context, pool, pid: child.pid },
    evidence,
    cause: error.cause,
  });
}

function firstParagraph(message: string): string {
  const end = message.indexOf('\n--- ');
  return end < 0 ? message : message.slice(0, end);
}

/**
 * What goes wrong in a pool without failing a call: counted, and the first of each kind reported at once. Where it fails a
 * call later, by a time-out, that call is often one of another test. What was wrong with what tests did is told of each of
 * them, where there is a summary at the end of the run.
 */
import type { Clock } from '../base/clock.ts';
import { barred, type CarpoolError, type Evidence } from '../base/errors.ts';
import type { Diagnostic, LoggedError } from '../protocol/protocol.ts';
import type { Connection } from '../session/connection.ts';
import { Strays } from '../session/strays.ts';
import { FaultySessions, mostNamed, type DiagnosedStats } from './faulty-sessions.ts';
import { MemoryGrowth } from './memory-growth.ts';
import type { PoolSettings } from './options.ts';
import { residentBytesOf } from '../process/resident-memory.ts';

/** Of what a child that stands still has printed. */
const shownLines = 10;

export interface FaultStats extends DiagnosedStats {
  readonly strays: number;
  readonly lastStrays: readonly string[];
  readonly unconfirmed: number;
  readonly firstUnconfirmed: string | undefined;
  readonly grown: readonly string[];
}

/** Different errors that children log, of which a run is warned. */
const mostLogged = 5;
export interface PoolFaultsOptions {
  readonly settings: Pick<PoolSettings, 'name' | 'children' | 'leaks'>;
  readonly clock: Clock;
  /** How messages name the holder of a session, and the id of its run. */
  readonly holders: { nameOf(session: string): { readonly name: string; readonly run?: string | undefined } };
  /** Takes a sentence, once for each kind. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Sessions with which fault was found are told at the end of the run. Default: at once. */
  readonly summarised?: boolean | undefined;
}

export class PoolFaults {
  /** Of all children. */
  readonly strays: Strays = new Strays();
  readonly #options: PoolFaultsOptions;
  readonly #memory: MemoryGrowth | undefined;
  readonly #warned = new Set<string>();
  #logged = 0;
  readonly #faulty = new FaultySessions();
  #unconfirmed = 0;
  /** Of earlier runs. */
  #before = { strays: 0, unconfirmed: 0, diagnosed: 0 };
  #firstOfRun: string | undefined;
  #first: string | undefined;

  constructor(options: PoolFaultsOptions) {
    this.#options = options;
    const { settings, clock } = options;
    // One child has no neighbours.
    const isCompared = settings.children > 1 && settings.leaks !== false;
    this.#memory = isCompared ? new MemoryGrowth({ clock, bytesOf: residentBytesOf }) : undefined;
  }

  /** How messages name the holder of this session. */
  holderOf(session: string): string {
    return this.#options.holders.nameOf(session).name;
  }

  /** A child has printed a line that is no message. @param hint half a sentence: where a newline is missing */
  strayLine(line: string, hint?: string): void {
    const missing = hint === undefined ? '' : `\n  If a message stands there, it is lost: ${hint}.`;
    this.#warnOnce(
      hint === undefined ? 'line' : 'glued',
      `the child printed to its stdout what is no message, and it was passed over: ${line}${missing}\n` +
        "  Print to stderr instead. Further such lines are in the evidence of errors; `strayOutput: 'fail'` makes each one fatal",
    );
  }

  /** `route` of the protocol threw. */
  misrouted(error: CarpoolError): void {
    this.#warnOnce('route', `a message of the child was lost, because ${error.message}`);
  }

  /**
   * A child seems to stand still, and no session fails with that.
   * @param what became of it, and why
   * @param printed the end of what it has printed
   */
  stoodStill(what: string, { stderr, stdout }: Evidence): void {
    const tail = (from: string, text = ''): string =>
      text === '' ? '' : `\n  the end of its ${from}:\n${barred(lastLines(text))}`;
    this.#warnOnce('still', `${what}${tail('stderr', stderr)}${tail('stdout', stdout)}`);
  }

  /** `inUse` of a server failed. */
  useUnknown(why: string): void {
    this.#warnOnce('use', `\`inUse\` of its server failed, so the server ends with the run: ${why}`);
  }

  /** What a child had could not be removed. */
  leftBehind(what: string): void {
    this.#warnOnce('left', what);
  }

  /** The child, or `close` of a server, found fault with what a session did, and the pool does not fail its test with that. */
  diagnosed(session: string, { code, message }: Diagnostic): void {
    const { holders, summarised = false } = this.#options;
    const found = `${code === undefined ? '' : `${code}: `}${message}`;
    const line = this.#faulty.add(session, holders.nameOf(session), found);
    if (line === undefined || summarised || this.#faulty.total > mostNamed) return;
    const first = this.#faulty.total === 1;
    const hint = `\n  At most ${mostNamed} sessions are shown. \`diagnostics: 'fail'\` of the pool makes each one fail its test, 'event' hides them`;
    this.#warn(`fault was found with ${line}${first ? hint : ''}`);
  }

  /** What becomes of what is found wrong with a session. @param option of the pool */
  diagnosedBy(option: PoolSettings['diagnostics']): Connection['diagnosed'] {
    if (option === 'fail') return 'keep';
    return option === 'warn' ? (session, found) => this.diagnosed(session, found) : undefined;
  }

  /** As `PoolStats` has it. @param from how many came before. @param run Default: of all runs */
  diagnosedSince(from: number, run?: string): DiagnosedStats {
    return this.#faulty.since(from, run);
  }

  /** A child has logged an error, which fails no call. */
  logged({ message, advice }: LoggedError): void {
    const kind = `logged: ${message}`;
    if (this.#logged === mostLogged || this.#warned.has(kind)) return;
    this.#logged++;
    const more =
      this.#logged === mostLogged ? '\n  Others that it logs are in the evidence of failing tests alone' : '';
    const text = message.replaceAll('\n', '\n  ');
    this.#warnOnce(kind, `the child has logged an error: ${text}${advice === undefined ? '' : `\n  ${advice}`}${more}`);
  }

  /** A session has ended on a child. @param session in words */
  ended(pid: number | undefined, session: () => string): void {
    if (pid !== undefined) this.#memory?.ended(pid, session());
  }

  /** @param session in words @param failure why its end was not confirmed */
  unconfirmed(session: string, failure: CarpoolError | undefined): void {
    this.#unconfirmed++;
    const why = failure === undefined ? 'it opened too late' : shortened(firstLine(failure.message));
    const text = `${session}: ${why}`;
    this.#first ??= text;
    this.#firstOfRun ??= text;
  }

  /** Since the beginning. */
  stats(): FaultStats {
    const { strays } = this;
    const { total } = strays;
    return {
      strays: total,
      lastStrays: strays.since(0),
      unconfirmed: this.#unconfirmed,
      firstUnconfirmed: this.#first,
      grown: this.#memory?.found() ?? [],
      ...this.#faulty.since(0),
    };
  }

  /** Since the last `countAnew`. */
  statsOfRun(): FaultStats {
    const { strays, unconfirmed, diagnosed } = this.#before;
    return {
      strays: this.strays.total - strays,
      lastStrays: this.strays.since(strays),
      unconfirmed: this.#unconfirmed - unconfirmed,
      firstUnconfirmed: this.#firstOfRun,
      grown: this.#memory?.found() ?? [],
      ...this.#faulty.since(diagnosed),
    };
  }

  /** A new run begins. */
  countAnew(): void {
    const { strays } = this;
    this.#before = { strays: strays.total, unconfirmed: this.#unconfirmed, diagnosed: this.#faulty.total };
    this.#firstOfRun = undefined;
    this.#memory?.countAnew();
    this.#warned.clear();
    this.#logged = 0;
  }

  #warnOnce(kind: string, message: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    this.#warn(message);
  }

  #warn(message: string): void {
    const { settings, warn = emitWarning } = this.#options;
    warn(`pool "${settings.name}": ${message}`);
  }
}

/** The sentence around it says the rest. */
function shortened(message: string): string {
  return message
    .replace(/^Cannot unregister session \S+: the child did not confirm its end /, 'not ')
    .replace(', so its slot is not used again', '');
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-shownLines).join('\n');
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

/** In a process that no host has made, as Node reports what is wrong and fails nothing. */
function emitWarning(message: string): void {
  process.emitWarning(message, 'CarpoolWarning');
}

/** What the conformance suite needs to know of a process, and what its checks share. */
import type { PoolOptions } from '../../pool/options.ts';
import type { PoolStats } from '../../pool/types.ts';
import type { Messages } from '../../protocol/protocol.ts';
import type { Session } from '../../session/types.ts';

/** A process, as the options of its pool, and how to talk to it. The more functions it has, the more is looked at. */
export interface ProtocolSubject<M extends Messages = Messages> extends PoolOptions<M> {
  /** For each session, as `params` of `register`. */
  readonly params?: unknown;
  /** Asks what a fresh session always answers alike; what this resolves with is compared deeply. */
  ask?(session: Session<M>): unknown;
  /** Changes what `ask` is answered in this session. It resolves when the change has been made. */
  change?(session: Session<M>): unknown;
  /** A request of about so many bytes; it resolves with true if the reply shows that they arrived whole. */
  large?(session: Session<M>, bytes: number): Promise<boolean>;
  /** A request that takes long, given up by `signal`. */
  slow?(session: Session<M>, signal: AbortSignal): Promise<unknown>;
  /** It must not run twice at the same time on this machine: what would start it again waits. Default false. */
  readonly oneAtATime?: boolean;
}

/** One thing that is looked at. */
export interface Check {
  readonly title: string;
  /** Why it is not looked at with this subject, if so: a sentence. */
  unlooked?(subject: ProtocolSubject): string | undefined;
  /**
   * Throws if the process breaks a promise. Resolves with a sentence if it makes none, or if it could not be looked at: what
   * it does not do, and what follows from that.
   */
  run(subject: ProtocolSubject, pool: CheckedPool): Promise<string | undefined>;
}

/** A pool as the checks use it. Those of a group share it, so what it has done is counted from the begin of each check. */
export interface CheckedPool {
  /** The session ends with the check, if not before. */
  register(): Promise<Session<Messages>>;
  stats(): Pick<PoolStats, 'children' | 'failures' | 'strays' | 'lastStrays' | 'pids'>;
  /** Stops its processes. What is registered after that starts anew. */
  close(): Promise<void>;
  /** What is known of the process so far. */
  readonly known: Known;
}

export interface Known {
  /** Milliseconds of its first start, until it was ready, as far as its protocol says when it is. */
  start?: number;
  /** It ends when its input ends. */
  endsWithInput?: boolean;
}

/** Not of the pool, or for each check to say. */
const others: ReadonlySet<string> = new Set([
  'ask',
  'change',
  'large',
  'slow',
  'oneAtATime',
  'params',
  'children',
  'sessionsPerChild',
  'maxSessions',
  'warm',
] satisfies (keyof ProtocolSubject)[]);

/** The options of the pool, without how many sessions it holds. */
export function poolOptionsOf(subject: ProtocolSubject): PoolOptions<Messages> & { readonly name: string } {
  const { command } = subject;
  return {
    name: 'subject',
    ...Object.fromEntries(Object.entries(subject).filter(([name]) => !others.has(name))),
    command,
  };
}

/** @throws Error with this text, in which `found` is shown */
export function promise(kept: boolean, broken: string): asserts kept {
  if (!kept) throw new Error(broken);
}

/** Sends a signal to the only child of the pool. */
export function signalChild(pool: CheckedPool, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  const [pid] = pool.stats().pids;
  promise(pid !== undefined, 'The process has ended, although a session of it is open');
  process.kill(pid, signal);
}

/** What a child finds wrong with what a session sent, or `close` of a server with what it left, kept for the end of the session. */
import { CarpoolError } from '../base/errors.ts';
import type { Diagnostic } from '../protocol/protocol.ts';
import type { Recent } from './recent.ts';
import type { CloseReason } from './state.ts';

/** Different ones that are kept of a session; of the rest only the number. */
const kept = 20;
const longest = 1_000;

/** The session. */
interface Diagnosed {
  readonly id: string;
  readonly recent: Recent;
}

/** Bounded: a child that repeats itself costs one line. */
export class Diagnostics {
  readonly #texts = new Set<string>();
  #total = 0;
  #left = 0;

  /** @param among where the child does not say which session it means: the ids of all that were open */
  add({ code, message }: Diagnostic, among?: readonly string[]): void {
    this.#total++;
    const text = `${code === undefined ? '' : `${code}: `}${cut(message)}${among === undefined ? '' : doubt(among)}`;
    if (this.#texts.size < kept) this.#texts.add(text);
    else if (!this.#texts.has(text)) this.#left++;
  }

  /**
   * What the end of the session reports.
   * @param server the failure of a server is reported, too: nothing of the session may have met it
   */
  atEnd(of: Diagnosed, reason: CloseReason, server: boolean): CarpoolError | undefined {
    return this.#total === 0 && server && reason.by === 'child' ? reason.error : this.#error(of, server);
  }

  #error({ id, recent }: Diagnosed, server: boolean): CarpoolError | undefined {
    if (this.#total === 0) return undefined;
    const lines = [...this.#texts].map((text) => `\n  ${text}`);
    if (this.#left > 0) lines.push(`\n  and ${this.#left} more`);
    const found = server ? `Fault was found with session ${id}` : `The child found fault with what session ${id} sent`;
    const context = { session: id, diagnostics: this.#total };
    // The messages of a server's session are these alone.
    const evidence = server ? {} : { messages: recent.describe() };
    return new CarpoolError('SESSION_DIAGNOSTICS', `${found}:${lines.join('')}`, { context, evidence });
  }
}

/** One error for the sessions of one owner. */
export function joinedDiagnostics(errors: readonly CarpoolError[]): CarpoolError | undefined {
  const [first, ...others] = errors;
  if (first === undefined || others.length === 0) return first;
  const context = { sessions: errors.map(({ context: { session } }) => session) };
  return new CarpoolError(first.code, errors.map(({ message }) => message).join('\n'), { context });
}

function doubt([only, ...others]: readonly string[]): string {
  if (others.length === 0) return ` (the child names no session; ${only} was the only one open)`;
  const named = [only, ...others].join(', ');
  return ` (the child does not say which session this is about, so it may be another's; open were ${named})`;
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

/**
 * A conformance suite for a process of the user's: does it keep its sessions apart, does it confirm their end, what does it do
 * when it is killed, stopped, or sent garbage? Every process may leave something out; then the test says what, and what
 * follows from that, and does not fail.
 */
import { messageOf } from '../base/thrown.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import { testTimeoutOf } from './conformance/bounded.ts';
import { checks, Round, type Outcome } from './conformance/groups.ts';
import type { Check, ProtocolSubject } from './conformance/subject.ts';

export type { ProtocolSubject } from './conformance/subject.ts';

/** What `describeProtocol` takes: the options of a pool, functions that talk to the process, and the runner's `test`. */
export interface DescribeProtocolOptions<M extends Messages = AnyMessages> extends ProtocolSubject<M> {
  /**
   * Declares a test: `test` of Vitest, Jest or node:test. `timeout` is how many milliseconds the runner should give it, by
   * the deadlines of the pool. For Playwright Test, whose tests must not take other arguments:
   * `(name, body, timeout) => test(name, async () => { test.setTimeout(timeout); await body(); })`.
   */
  test(name: string, body: (...context: readonly unknown[]) => Promise<void>, timeout: number): unknown;
  /** For the titles of the tests. Default: `command`. */
  readonly name?: string | undefined;
  /** Takes what the process does not do, in a sentence. Default: a line on the console. */
  readonly report?: ((finding: string) => void) | undefined;
}

/**
 * Declares the tests of the suite, each named `NAME: …`. The first that runs looks at everything, in as few processes as it
 * takes, four at a time; the others say what came of it. A test fails if the process breaks what its protocol promises. What
 * it does not promise is reported, and where the runner can say so (Vitest, node:test) the test is skipped with that reason.
 * @example
 * describeProtocol({
 *   test,
 *   command: 'node',
 *   args: ['sheet.mjs'],
 *   protocol: sheet,
 *   ask: async (session) => (await session.request({ type: 'sum', column: 'A' })).value,
 *   change: (session) => session.send({ type: 'set', cell: 'A1', value: 2 }),
 * });
 */
export function describeProtocol<M extends Messages = AnyMessages>(options: DescribeProtocolOptions<M>): void {
  const { test, name, report = (finding) => console.log(finding), ...subject } = options;
  // Checks do not look at the types of its messages.
  const checked: object = subject;
  const named = name ?? (typeof options.command === 'string' ? options.command : 'the process');
  const suite = new Suite(checked as ProtocolSubject);
  for (const check of checks) {
    const body = async (...context: readonly unknown[]): Promise<void> => {
      const finding = findingOf(await suite.outcomeOf(check));
      if (finding === undefined) return;
      const sentence = `${named} ${finding}`;
      report(sentence);
      skip(context[0], sentence);
    };
    test(`${named}: ${check.title}`, body, suite.timeout);
  }
}

/** What all tests of one process share. */
class Suite {
  readonly timeout: number;
  readonly #round: Round;
  readonly #told = new Set<Check>();
  #running: Promise<void> | undefined;

  constructor(subject: ProtocolSubject) {
    this.timeout = testTimeoutOf(subject);
    this.#round = new Round(subject);
  }

  /** The second time, which is a retry, it is looked at again. Nothing is under way when it resolves. */
  async outcomeOf(check: Check): Promise<Outcome> {
    const again = this.#told.has(check);
    this.#told.add(check);
    this.#running = again ? this.#running?.then(() => this.#round.run(check)) : (this.#running ?? this.#round.run());
    await this.#running;
    return this.#round.outcomeOf(check);
  }
}

/** @throws what the check threw, but for a signal that this system lacks: Windows has none that stops a process */
function findingOf(outcome: Outcome): string | undefined {
  if ('finding' in outcome) return outcome.finding;
  const { thrown } = outcome;
  if ((thrown as { readonly code?: unknown }).code === 'ENOSYS' || messageOf(thrown).includes('ERR_UNKNOWN_SIGNAL'))
    return 'was not looked at: this system has no signal for it';
  throw thrown;
}

function skip(context: unknown, reason: string): void {
  // In Vitest it is a function with properties; in Jest there is none.
  const { skip: skipped } = (context ?? {}) as { readonly skip?: unknown };
  if (typeof skipped === 'function') skipped.call(context, reason);
}

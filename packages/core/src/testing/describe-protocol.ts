/**
 * A conformance suite for a process of the user's: does it keep its sessions apart, does it confirm their end, what does it do
 * when it is killed, stopped, or sent garbage? Every process may leave something out; then the test says what, and what
 * follows from that, and does not fail.
 */
import { messageOf } from '../base/thrown.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import { faultChecks } from './conformance/faults.ts';
import { garbageCheck } from './conformance/garbage.ts';
import { sessionChecks } from './conformance/sessions.ts';
import type { Check, ProtocolSubject } from './conformance/subject.ts';

export type { ProtocolSubject } from './conformance/subject.ts';

/** What `describeProtocol` takes: the options of a pool, functions that talk to the process, and the runner's `test`. */
export interface DescribeProtocolOptions<M extends Messages = AnyMessages> extends ProtocolSubject<M> {
  /**
   * Declares a test: `test` of Vitest, Jest or node:test. For Playwright Test, whose tests must not take other arguments:
   * `(name, body) => test(name, () => body())`.
   */
  test(name: string, body: (...context: readonly unknown[]) => Promise<void>): unknown;
  /** For the titles of the tests. Default: `command`. */
  readonly name?: string | undefined;
  /** Takes what the process does not do, in a sentence. Default: a line on the console. */
  readonly report?: ((finding: string) => void) | undefined;
}

const checks: readonly Check[] = [...sessionChecks, ...faultChecks, garbageCheck];

/**
 * Declares the tests of the suite, each named `NAME: …`. Each starts processes of its own and leaves none. A test fails if the
 * process breaks what its protocol promises. What it does not promise is reported, and where the runner can say so (Vitest,
 * node:test) the test is skipped with that reason.
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
  for (const { title, run } of checks) {
    test(`${named}: ${title}`, async (...context) => {
      const finding = await judged(run, checked as ProtocolSubject);
      if (finding === undefined) return;
      const sentence = `${named} ${finding}`;
      report(sentence);
      skip(context[0], sentence);
    });
  }
}

/** Windows has no signal that stops a process. */
async function judged(run: Check['run'], subject: ProtocolSubject): Promise<string | undefined> {
  try {
    return await run(subject);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code === 'ENOSYS' || messageOf(thrown).includes('ERR_UNKNOWN_SIGNAL'))
      return 'was not looked at: this system has no signal for it';
    throw thrown;
  }
}

function skip(context: unknown, reason: string): void {
  // In Vitest it is a function with properties; in Jest there is none.
  const { skip: skipped } = (context ?? {}) as { readonly skip?: unknown };
  if (typeof skipped === 'function') skipped.call(context, reason);
}

/**
 * `expect` with matchers for sessions. They are there for sessions alone, and take the messages of that session:
 *
 *   await expect(renderer).toReply({ type: 'query', target: 'tree' }, { tree: expect.anything() });
 *   await expect(renderer).toReceiveEvent({ family: 'announce' });
 */
import { expect as base, type Expect, type ExpectMatcherState, type MatcherReturnType } from '@playwright/test';
import type { Messages, ReplyTo, RequestOf, Session } from 'carpool';
import { isCarpoolError } from 'carpool/adapter/test-process';
import { matches, partOf } from './matches.ts';

/** Some fields of a message; values may be asymmetric matchers. */
export type Shape<T> = T extends object ? { readonly [Key in keyof T]?: unknown } : never;

/** The last argument of a matcher for sessions. */
export interface MatcherOptions {
  /** Milliseconds. Default: the `expect` timeout of Playwright's config, 5,000. */
  readonly timeout?: number;
}

/** The matchers for sessions. */
export interface SessionMatchers<M extends Messages> {
  /** Sends a request; its reply must have these fields. */
  toReply<const R extends RequestOf<M>>(
    message: R,
    expected: Shape<ReplyTo<M, R>>,
    options?: MatcherOptions,
  ): Promise<void>;
  /**
   * Waits for a message that the child sends unasked and that has these fields; the others stay for later. With `.not`:
   * none of those that have come, nor that come within `timeout`, which is then 0 by default.
   */
  toReceiveEvent(expected: Shape<M['event']>, options?: MatcherOptions): Promise<void>;
}

type Plain<T> = ReturnType<typeof base<T>>;

/** `expect(session)`. */
export interface ExpectSession {
  <M extends Messages>(
    session: Session<M>,
    message?: string,
  ): Plain<Session<M>> & SessionMatchers<M> & { readonly not: SessionMatchers<M> };
}

async function toReply(
  this: ExpectMatcherState,
  session: Session,
  message: Readonly<Record<string, unknown>>,
  expected: object,
  options: MatcherOptions = {},
): Promise<MatcherReturnType> {
  const { timeout = this.timeout } = options;
  const actual = await session.request(message, { timeout });
  const hint = this.utils.matcherHint('toReply', 'session', 'message, expected', { isNot: this.isNot });
  const difference = (): string =>
    this.isNot
      ? `Not expected: ${this.utils.printExpected(expected)}\nReceived: ${this.utils.printReceived(partOf(actual, expected))}`
      : this.utils.printDiffOrStringify(expected, partOf(actual, expected), 'Expected', 'Received', false);
  return {
    name: 'toReply',
    pass: matches(expected, actual),
    expected,
    actual,
    message: () => `${hint}\n\nRequest: ${this.utils.stringify(message)}\n${difference()}`,
  };
}

async function toReceiveEvent(
  this: ExpectMatcherState,
  session: Session,
  expected: object,
  options: MatcherOptions = {},
): Promise<MatcherReturnType> {
  const { timeout = this.isNot ? 0 : this.timeout } = options;
  const hint = this.utils.matcherHint('toReceiveEvent', 'session', 'expected', { isNot: this.isNot });
  const wanted = this.utils.printExpected(expected);
  const verdict = { name: 'toReceiveEvent', expected, timeout };
  try {
    const actual = await session.event((event) => matches(expected, event), { timeout });
    const received = this.utils.printReceived(actual);
    return {
      ...verdict,
      pass: true,
      actual,
      message: () => `${hint}\n\nNot expected: ${wanted}\nReceived: ${received}`,
    };
  } catch (thrown) {
    if (!isCarpoolError(thrown, 'REQUEST_TIMEOUT')) throw thrown;
    return { ...verdict, pass: false, message: () => `${hint}\n\nExpected: ${wanted}\n${thrown.message}` };
  }
}

const extended: Expect<{ toReply: typeof toReply; toReceiveEvent: typeof toReceiveEvent }> = base.extend({
  toReply,
  toReceiveEvent,
});

/** Playwright's `expect`, and more for sessions. */
export const expect: ExpectSession & typeof extended = extended as never;

/** Which attempt of a test makes a call, and how long that call may wait: known from where it comes. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Owner, SessionEvidence, TestClock } from 'carpool/adapter/test-process';

/** One attempt of one test. */
export interface Attempt {
  readonly owner: Owner;
  /** The evidence of a body that has failed, where the sessions ended before Jest was done with the test. */
  found?: readonly SessionEvidence[];
}

/** What is known of a running function. */
export interface Running {
  /** Absent in `beforeAll` and `afterAll`. */
  readonly attempt: Attempt | undefined;
  /** The time that Jest gives it. */
  readonly clock: TestClock;
}

/** Events of Jest at the end of what has a clock. */
export const endsClock: ReadonlySet<string> = new Set([
  'test_fn_success',
  'test_fn_failure',
  'hook_success',
  'hook_failure',
]);

export const running: AsyncLocalStorage<Running> = new AsyncLocalStorage();
export const timeLeft = (): number => running.getStore()?.clock.timeLeft() ?? Infinity;

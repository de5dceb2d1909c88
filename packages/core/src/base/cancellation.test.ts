import { expect, test } from 'vitest';
import { Cancellation, eitherOf } from './cancellation.ts';

/** What a listener of a signal has seen. */
function listening(signal: Cancellation): { readonly calls: () => number; readonly run: () => void } {
  let calls = 0;
  const run = (): void => void calls++;
  signal.addEventListener('abort', run);
  return { calls: () => calls, run };
}

test('listeners are called once, and only those that are still there', () => {
  const cancellation = new Cancellation();
  const [stays, goes] = [listening(cancellation), listening(cancellation)];
  cancellation.removeEventListener('abort', goes.run);
  expect(cancellation.aborted).toBe(false);
  cancellation.abort(() => 'first');
  cancellation.abort(() => 'second');
  expect([stays.calls(), goes.calls()]).toEqual([1, 0]);
  expect([cancellation.aborted, cancellation.reason]).toEqual([true, 'first']);
});

test('the reason is made when it is first asked for, and once', () => {
  const cancellation = new Cancellation();
  let made = 0;
  cancellation.abort(() => ++made);
  expect(made).toBe(0);
  expect([cancellation.reason, cancellation.reason, made]).toEqual([1, 1, 1]);
});

test.each([0, 1])(
  'either of two is aborted with the one at %i, also one of the engine, and with its reason',
  (which) => {
    const [own, users] = [new Cancellation(), new AbortController()];
    const { signal } = eitherOf(own, users.signal);
    expect(signal.aborted).toBe(false);
    if (which === 0) own.abort(() => 'own');
    else users.abort('users');
    expect([signal.aborted, signal.reason]).toEqual([true, which === 0 ? 'own' : 'users']);
  },
);

test('either of two is aborted if one is already, and no more once it has let go', () => {
  expect(eitherOf(new Cancellation(), AbortSignal.abort('before')).signal.reason).toBe('before');
  const [own, users] = [new Cancellation(), new AbortController()];
  const { signal, stop } = eitherOf(own, users.signal);
  stop();
  own.abort(() => 'own');
  users.abort('users');
  expect(signal.aborted).toBe(false);
});

import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { EndProof } from './end-proof.ts';
import type { PoolSettings } from './options.ts';

const closeTimeout = 5_000;

/** A child that answers when the test says so. */
class FakeLiveness {
  canBeAsked = true;
  received = 0;
  asked = 0;
  #question: PromiseWithResolvers<boolean> | undefined;

  get isAsked(): boolean {
    return this.#question !== undefined;
  }

  answers(): Promise<boolean> {
    if (this.#question === undefined) {
      this.asked++;
      this.#question = Promise.withResolvers();
    }
    return this.#question.promise;
  }

  async answer(so: boolean): Promise<void> {
    const question = this.#question;
    this.#question = undefined;
    question?.resolve(so);
    // Those that wait for it go on.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function begin(server?: unknown): { clock: FakeClock; liveness: FakeLiveness; proof: EndProof } {
  const clock = new FakeClock();
  const liveness = new FakeLiveness();
  const settings = { closeTimeout, server } as PoolSettings;
  return { clock, liveness, proof: new EndProof({ settings, clock, liveness }) };
}

test('a child that answers in the second half of the time goes on', async () => {
  const { clock, liveness, proof } = begin();
  clock.pass(closeTimeout / 2 - 1);
  expect(liveness.asked).toBe(0);
  clock.pass(1);
  expect(liveness.asked).toBe(1);
  await liveness.answer(true);
  expect(proof.over()).toBe(true);
});

test('one that answers when the time is over, or not at all, was blocked', async () => {
  for (const answer of [true, false]) {
    const { clock, liveness, proof } = begin();
    clock.pass(closeTimeout);
    expect(proof.over()).toBe(false);
    await liveness.answer(answer);
    expect(proof.over()).toBe(false);
  }
});

test('the answer to an earlier question shows nothing: the child may have got that before the end', async () => {
  const { clock, liveness, proof } = begin();
  void liveness.answers();
  clock.pass(closeTimeout / 2);
  await liveness.answer(true);
  expect(liveness.asked).toBe(2);
  expect(proof.over()).toBe(false);

  const other = begin();
  void other.liveness.answers();
  other.clock.pass(closeTimeout / 2);
  await other.liveness.answer(true);
  await other.liveness.answer(true);
  expect(other.proof.over()).toBe(true);
});

test('of one that cannot be asked, messages of the second half count; those of the first may have been on their way', () => {
  for (const late of [true, false]) {
    const { clock, liveness, proof } = begin();
    liveness.canBeAsked = false;
    liveness.received++;
    clock.pass(closeTimeout / 2);
    if (late) liveness.received++;
    clock.pass(closeTimeout / 2);
    expect([liveness.asked, proof.over()]).toEqual([0, late]);
  }
});

test('a port that accepts connections shows nothing of its server, an answer does', async () => {
  for (const [ready, goesOn] of [
    [{ port: true }, false],
    [{ http: '/' }, true],
  ] as const) {
    const { clock, liveness, proof } = begin({ ready });
    clock.pass(closeTimeout / 2);
    await liveness.answer(true);
    expect(proof.over()).toBe(goesOn);
  }
});

test('an end that is confirmed in time asks nothing', () => {
  const { clock, liveness, proof } = begin();
  expect(proof.over()).toBe(false);
  clock.pass(closeTimeout);
  expect([liveness.asked, clock.pending]).toEqual([0, 0]);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import type { Gate } from '../protocol/gate.ts';
import type { Outgoing } from '../protocol/protocol.ts';
import { HeldMessages } from './held-messages.ts';
import type { PendingCall } from './pending.ts';

const kinds = ['a', 'b', 'c'] as const;
type Kind = (typeof kinds)[number];

function message(kind: Kind, call: number): Outgoing {
  const frame = Frame.of({ kind, call }, json);
  return { kind: 'request', frame, wireId: 's1', call, owns: () => true };
}

function call(): PendingCall {
  return { key: undefined, callbacks: { reply: () => {}, failed: () => {} }, number: 1, sent: undefined };
}

/** A gate that counts how often it is asked. */
function gate(admitted: () => ReadonlySet<string>): Gate & { asked: number } {
  return {
    asked: 0,
    admits(frame) {
      this.asked++;
      return admitted().has(String(frame.fields(['kind'])['kind']));
    },
    kind: (frame) => String(frame.fields(['kind'])['kind']),
    sent: () => {},
    received: () => {},
  };
}

test('whatever is admitted and given up: the oldest admitted message is next', () => {
  const kind = fc.constantFrom(...kinds);
  const step = fc.oneof(
    kind.map((added) => ({ added })),
    fc.subarray([...kinds]).map((admitted) => ({ admitted })),
    fc.nat(30).map((givenUp) => ({ givenUp })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const held = new HeldMessages();
      let model: { readonly kind: Kind; readonly number: number; readonly call: PendingCall }[] = [];
      let numbers = 0;
      const got: unknown[] = [];
      const wanted: unknown[] = [];
      for (const one of steps) {
        if ('added' in one) {
          const added = { kind: one.added, number: ++numbers, call: call() };
          model.push(added);
          held.add(added.kind, message(added.kind, added.number), added.call);
        } else if ('givenUp' in one) {
          const over = model[one.givenUp % Math.max(model.length, 1)];
          if (over === undefined) continue;
          held.giveUp(over.call);
          model = model.filter((other) => other !== over);
        } else {
          const admitted: ReadonlySet<string> = new Set(one.admitted);
          const next = model.find((other) => admitted.has(other.kind));
          got.push(held.takeAdmitted(gate(() => admitted))?.outgoing.call);
          wanted.push(next?.number);
          model = model.filter((other) => other !== next);
        }
        got.push(held.size);
        wanted.push(model.length);
      }
      expect(got).toEqual(wanted);
      expect(held.drain().map(({ outgoing }) => outgoing.call)).toEqual(model.map(({ number }) => number));
      expect([held.size, held.bytes]).toEqual([0, 0]);
    }),
  );
});

test('the gate is asked once a kind, however many messages wait', () => {
  const held = new HeldMessages();
  let admitted = new Set<string>();
  const counting = gate(() => admitted);
  for (let number = 1; number <= 20_000; number++) {
    const kind = number % 2 === 0 ? 'a' : 'b';
    held.add(kind, message(kind, number), undefined);
  }
  expect(held.takeAdmitted(counting)).toBeUndefined();
  expect(counting.asked).toBe(2);
  admitted = new Set(['a', 'b']);
  for (let number = 1; number <= 20_000; number++) {
    expect(held.takeAdmitted(counting)?.outgoing.call).toBe(number);
  }
  expect(counting.asked).toBeLessThanOrEqual(2 + 2 * 20_000);
});

test('what was given up is not kept until its turn', () => {
  const held = new HeldMessages();
  const first = call();
  held.add('a', message('a', 0), first);
  const frames = Array.from({ length: 5_000 }, (_, index) => {
    const [given, outgoing] = [call(), message('a', index + 1)];
    expect(outgoing.frame.bytes.length).toBeGreaterThan(0);
    held.add('a', outgoing, given);
    return given;
  });
  expect(held.bytes).toBeGreaterThan(0);
  for (const given of frames) held.giveUp(given);
  expect([held.size, held.bytes]).toEqual([1, 0]);
  expect(held.takeAdmitted(undefined)?.call).toBe(first);
  expect(held.takeAdmitted(undefined)).toBeUndefined();
});

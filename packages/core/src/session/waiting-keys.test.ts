import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failure } from '../../test/support/codec.ts';
import { WaitingKeys, type Waiter } from './waiting-keys.ts';

const waiter = (id: string, ...waitingKeys: string[]): Waiter => ({ id, calls: { waitingKeys } });

test('finds what waits already when it is made, and what waits later', () => {
  const [first, second] = [waiter('s1', '1', '3'), waiter('s2', '2')];
  const keys = new WaitingKeys([first, second]);
  keys.add('4', second);
  expect(['1', '2', '3', '4'].map((key) => keys.find(key)?.id)).toEqual(['s1', 's2', 's1', 's2']);
  keys.delete('1', first);
  // Of another one, which has ended meanwhile.
  keys.delete('2', first);
  expect([keys.find('1'), keys.find('2')?.id]).toEqual([undefined, 's2']);
  expect(keys.whyNone('1')).toBe('a reply to "1", for which no request waits, of whatever session');
});

test('refuses a key under which a request of another session waits, and names it', () => {
  const [first, second] = [waiter('s1'), waiter('s2')];
  const keys = new WaitingKeys([first, second]);
  keys.add('a', first);
  keys.check('a', first);
  const error = failure(() => keys.check('a', second));
  expect([error.code, error.scope, error.blame]).toEqual(['SESSION_REFUSED', 'call', 'protocol']);
  expect(error.message).toContain('a request of session s1 waits for its reply under the same key, "a"');
  keys.delete('a', first);
  keys.check('a', second);
});

test('gives a key that several waited under before it was made to none of them, until one is left', () => {
  const [first, second] = [waiter('s1', 'a'), waiter('s2', 'a')];
  const keys = new WaitingKeys([first, second]);
  expect(keys.find('a')).toBeUndefined();
  expect(keys.whyNone('a')).toContain('requests of several sessions wait');
  keys.delete('a', first);
  expect(keys.find('a')).toBe(second);
});

test('holds as many keys as requests wait, whatever was asked and answered', () => {
  const waiters = ['s1', 's2', 's3'].map((id) => waiter(id));
  const step = fc.record({ by: fc.nat({ max: 2 }), key: fc.nat({ max: 9 }).map(String), ask: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const keys = new WaitingKeys(waiters);
      const model = new Map<string, Waiter>();
      for (const { by, key, ask } of steps) {
        const one = waiters[by] as Waiter;
        const other = model.get(key);
        if (!ask) {
          keys.delete(key, one);
          if (other === one) model.delete(key);
        } else if (other === undefined || other === one) {
          keys.check(key, one);
          keys.add(key, one);
          model.set(key, one);
        } else {
          failure(() => keys.check(key, one));
        }
        expect(keys.find(key)).toBe(model.get(key));
      }
      expect(keys.size).toBe(model.size);
    }),
  );
});

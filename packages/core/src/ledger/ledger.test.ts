import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../base/error-kinds.ts';
import { isCarpoolError } from '../base/errors.ts';
import { Ledger } from './ledger.ts';
import { ownerKey, rwlockCapacity, type Lease, type LeaseRequest } from './lease.ts';
import { timeoutError } from './errors.ts';

type Some = Partial<LeaseRequest> & { readonly by?: string };

/** Owners are written `file/test`. */
function request({ by = 'file/test', ...some }: Some = {}): LeaseRequest {
  const owner = ownerKey(by.split('/'));
  return { name: 'x', kind: 'lock', size: 1, weight: 1, owner, holder: { test: by, takenAt: `${by}.ts:1:1` }, ...some };
}

function room() {
  const ledger = new Ledger();
  const order: string[] = [];
  const ask = (by: string, some: Some = {}): Lease =>
    ledger.acquire(request({ by, ...some }), (lease) => order.push(String(lease.request.holder.test)));
  return { ledger, order, ask };
}

const cpu = (weight: number, size = 3): Some => ({ name: 'cpu', kind: 'semaphore', size, weight });
const read: Some = { name: 'rw', kind: 'rwlock', size: rwlockCapacity, weight: 1 };
const write: Some = { ...read, weight: rwlockCapacity };

function refusal(code: ErrorCode, call: () => unknown): string {
  try {
    call();
  } catch (thrown) {
    if (isCarpoolError(thrown, code)) return thrown.message;
    throw thrown;
  }
  throw new Error(`${code} was expected`);
}

describe('a lock', () => {
  test('is held by one caller, and passed on in the order of the requests', () => {
    const { ledger, order, ask } = room();
    const first = ask('a');
    const others = ['b', 'c', 'd'].map((by) => ask(by));
    expect([first.state, ...others.map(({ state }) => state)]).toEqual(['held', 'waiting', 'waiting', 'waiting']);
    for (const lease of [first, ...others]) ledger.release(lease);
    expect(order).toEqual(['b', 'c', 'd']);
    expect([ledger.held, ledger.waiting]).toEqual([0, 0]);
  });

  test('is passed on to each run in turn', () => {
    const { ledger, order, ask } = room();
    const of = (run: string): Some => ({ run });
    const leases = [ask('a1', of('a')), ask('a2', of('a')), ask('a3', of('a')), ask('b1', of('b')), ask('b2', of('b'))];
    expect(ledger.before(leases[4]!).map(({ request }) => request.holder.test)).toEqual(['a1', 'a2', 'b1', 'a3']);
    for (const at of [0, 1, 3, 2, 4]) ledger.release(leases[at]!);
    expect(order).toEqual(['a2', 'b1', 'a3', 'b2']);
  });

  test('released twice is released once', () => {
    const { ledger, ask } = room();
    const first = ask('a');
    const second = ask('b');
    ledger.release(first);
    ledger.release(first);
    expect(second.state).toBe('held');
    expect(ask('c').state).toBe('waiting');
  });

  test('goes to the next waiter when one has given up', () => {
    const { ledger, order, ask } = room();
    const first = ask('a');
    const second = ask('b');
    ask('c');
    ledger.release(second);
    ledger.release(first);
    expect(order).toEqual(['c']);
  });

  test('may be released within the callback that grants it', () => {
    const ledger = new Ledger();
    const order: string[] = [];
    const first = ledger.acquire(request({ by: 'a' }), () => {});
    for (const by of ['b', 'c']) {
      ledger.acquire(request({ by }), (lease) => {
        order.push(by);
        ledger.release(lease);
      });
    }
    ledger.release(first);
    expect(order).toEqual(['b', 'c']);
    expect(ledger.held).toBe(0);
  });
});

describe('a semaphore', () => {
  test('of size three, released with four calls waiting, wakes exactly three, in order', () => {
    const { ledger, order, ask } = room();
    const all = ask('holder', cpu(3));
    for (const by of ['a', 'b', 'c', 'd']) ask(by, cpu(1));
    ledger.release(all, 3);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(ledger.waiting).toBe(1);
  });

  test('is released in parts', () => {
    const { ledger, order, ask } = room();
    const all = ask('holder', cpu(3));
    for (const by of ['a', 'b']) ask(by, cpu(1));
    ledger.release(all, 1);
    expect([order, all.weight, all.state]).toEqual([['a'], 2, 'held']);
    ledger.release(all);
    expect([order, all.weight, all.state]).toEqual([['a', 'b'], 0, 'over']);
  });

  test('lets no small request overtake a large one, except a call that does not wait', () => {
    const { ledger, order, ask } = room();
    const one = ask('holder', cpu(1));
    const large = ask('large', cpu(3));
    expect(ask('small', cpu(1)).state).toBe('waiting');
    const now = ledger.acquireNow(request({ by: 'now', ...cpu(2) })) as Lease;
    expect(now.state).toBe('held');
    ledger.release(now);
    ledger.release(one);
    expect(order).toEqual(['large']);
    ledger.release(large);
    expect(order).toEqual(['large', 'small']);
  });

  test('grants small requests when the large one before them is given up', () => {
    const { ledger, order, ask } = room();
    ask('holder', cpu(1));
    const large = ask('large', cpu(3));
    ask('small', cpu(1));
    ledger.release(large);
    expect(order).toEqual(['small']);
  });

  test.each([4, 0, -1, 0.5, NaN, Infinity, '1' as never])('of three refuses the weight %s, and goes on', (weight) => {
    const { ledger, ask } = room();
    const message = refusal('LEASE_INVALID', () => ask('a', cpu(weight)));
    expect(message).toMatch(weight === 4 ? /only 3 of it/ : /the weight must be a whole number from 1, and not/);
    expect(ask('b', cpu(3)).state).toBe('held');
    expect(ledger.waiting).toBe(0);
  });

  test.each([0, -1, 1.5, NaN, 2 ** 53])('cannot have the size %s', (size) => {
    expect(refusal('LEASE_INVALID', () => room().ask('a', cpu(1, size)))).toContain('the size of a semaphore');
  });

  test.each([0, -1, 0.5, 3, NaN])('of which two are held refuses to be given back %s', (amount) => {
    const { ledger, ask } = room();
    const two = ask('a', cpu(2));
    const message = refusal('LEASE_INVALID', () => ledger.release(two, amount));
    expect(message).toContain('the released amount must be a whole number from 1 to 2');
    expect(two.weight).toBe(2);
  });
});

describe('a reader-writer lock', () => {
  test('has many readers or one writer', () => {
    const { ledger, order, ask } = room();
    const readings = ['r1', 'r2', 'r3'].map((by) => ask(by, read));
    expect(readings.every(({ state }) => state === 'held')).toBe(true);
    const writing = ask('w', write);
    for (const reading of readings) ledger.release(reading);
    expect(order).toEqual(['w']);
    ask('r4', read);
    ask('r5', read);
    ledger.release(writing);
    expect(order).toEqual(['w', 'r4', 'r5']);
  });

  test('starves no writer: later readers wait, and those that do not wait are refused', () => {
    const { ledger, order, ask } = room();
    let reading = ask('first', read);
    ask('w', write);
    for (let n = 0; n < 100; n++) {
      const next = ask(`r${n}`, read);
      expect(next.state).toBe('waiting');
      expect('queue' in ledger.acquireNow(request({ by: 'now', ...read }))).toBe(true);
      ledger.release(reading);
      reading = next;
    }
    expect(order[0]).toBe('w');
  });
});

describe('a name', () => {
  test('keeps its kind and its size, and the error names both', () => {
    const { ask } = room();
    ask('a', cpu(1));
    expect(refusal('LEASE_INVALID', () => ask('b', cpu(1, 4)))).toBe(
      'Cannot acquire "cpu": here it is a semaphore of 4, and in this run it is a semaphore of 3 already, first used by "a" (a.ts:1:1); use one kind and one size for a name',
    );
    expect(refusal('LEASE_INVALID', () => ask('b', { name: 'cpu' }))).toContain('here it is a lock, and');
  });

  test('that is not in use may return as something else in the next run', () => {
    const { ledger, ask } = room();
    ledger.release(ask('a', cpu(1)));
    expect(refusal('LEASE_INVALID', () => ask('b', cpu(1, 4)))).toContain('semaphore of 3 already');
    const held = ask('c', { name: 'held' });
    ledger.renew();
    expect(ask('b', cpu(1, 4)).state).toBe('held');
    expect(refusal('LEASE_INVALID', () => ask('b', { ...cpu(1), name: 'held' }))).toContain('a lock already');
    ledger.release(held);
  });

  test.each([[7], [undefined], ['x'.repeat(1_001)]])('cannot be %s', (name) => {
    expect(refusal('LEASE_INVALID', () => room().ask('a', { name: name as string }))).toContain('name');
  });

  test('may be one of a bounded number, of which unused ones make room', () => {
    const ledger = new Ledger({ maxNames: 2 });
    const ask = (name: string): Lease => ledger.acquire(request({ name }), () => {});
    ledger.release(ask('a'));
    const b = ask('b');
    ask('c');
    expect(ledger.names).toBe(2);
    expect(refusal('LEASE_INVALID', () => ask('d'))).toContain('2 names are in use, and 2 is the limit');
    ledger.release(b);
    expect(ask('d').state).toBe('held');
  });

  test('has a bounded queue', () => {
    const ledger = new Ledger({ maxWaiting: 2 });
    for (let n = 0; n < 3; n++) ledger.acquire(request({ by: `t${n}` }), () => {});
    expect(refusal('LEASE_INVALID', () => ledger.acquire(request({ by: 'late' }), () => {}))).toContain('2 calls wait');
    expect(ledger.waiting).toBe(2);
  });
});

test('a timeout names holders, since when, where, and how many wait before', () => {
  const { ledger, ask } = room();
  ask('a', cpu(2)).since = 1_000;
  ask('b', cpu(1)).since = 60_900;
  ask('c', cpu(1));
  const late = ask('d', cpu(2));
  const { message, context } = timeoutError(late, 5_000, ledger.ahead(late), 61_000);
  expect(message).toBe(
    'Cannot acquire 2 of semaphore "cpu": timed out after 5000 ms; 3 of 3 are taken, held for 60 s by "a" (a.ts:1:1), held for 100 ms by "b" (b.ts:1:1); 1 call waits before this one. Release it earlier (`using`), or raise `timeout`',
  );
  expect(context).toMatchObject({ name: 'cpu', timeout: 5_000, ahead: 1, holders: [{ test: 'a' }, { test: 'b' }] });
});

test('a timeout names equal holders once', () => {
  const { ask } = room();
  for (const since of [1_000, 2_000, 60_900]) ask('file/a', cpu(1, 5)).since = since;
  for (const since of [51_000, 60_999]) ask('b', cpu(1, 5)).since = since;
  const late = timeoutError(ask('c', cpu(1, 5)), 5_000, 0, 61_000);
  expect(late.message).toContain(
    '; 5 of 5 are taken, 3 leases held for up to 60 s by "file/a" (file/a.ts:1:1), 2 leases held for up to 10 s by "b" (b.ts:1:1). ',
  );
  const own = timeoutError(ask('file/a', cpu(1, 5)), 5_000, 0, 61_000);
  expect(own.message).toContain(
    '; 5 of 5 are taken, it is held 3 times by this test itself since file/a.ts:1:1, for up to 60 s, 2 leases held for ',
  );
});

test('a timeout says where the test that waits holds it itself, and does not advise to wait longer', () => {
  const { ledger, ask } = room();
  ask('file/a').since = 1_000;
  const own = timeoutError(ask('file/a'), 5_000, 0, 6_900);
  expect(own.message).toBe(
    'Cannot acquire lock "x": timed out after 5000 ms; it is held by this test itself since file/a.ts:1:1, for 5900 ms. Release it first, or use what is held already',
  );
  const waits = ask('file/b', { name: 'y' });
  const held = ledger.acquire(request({ by: 'file', name: 'z', blocked: ownerKey(['file', 'b']) }), () => {});
  expect([waits.state, held.state]).toEqual(['held', 'held']);
  const through = timeoutError(ask('file/b', { name: 'z' }), 5_000, 0, 0);
  expect(through.message).toContain('it is held by this test itself since file.ts:1:1');
  expect(timeoutError(ask('file/b', { name: 'x' }), 5_000, 0, 0).message).toContain('or raise `timeout`');
});

test('the advice of a timeout is for what has limited the wait', () => {
  const { ask } = room();
  ask('file/a');
  const ofTest = timeoutError(ask('file/b', { limit: 'test' }), 1_400, 0, 0).message;
  expect(ofTest).toContain('timed out after 1400 ms, the rest of the time of this test or hook; ');
  expect(ofTest).toMatch(/raise the time-out of the test, or declare it under `locks` in the config/);
  const ofConfig = timeoutError(ask('file/b', { limit: 'config' }), 3_000, 0, 0).message;
  expect(ofConfig).toMatch(/raise its `timeout` in the config$/);
});

import { describe, expect, test } from 'vitest';
import { isCarpoolError, type CarpoolError } from '../base/errors.ts';
import { Ledger } from './ledger.ts';
import { ownerKey, rwlockCapacity, type Lease, type LeaseRequest } from './lease.ts';

function room() {
  const ledger = new Ledger();
  /** What the one call chain of each test holds. */
  const chains = new Map<string, Lease[]>();
  /** `by` is `worker/file/test`, `what` a name or `name:weight/size`. */
  const ask = (by: string, what: string, some: Partial<LeaseRequest> = {}): Lease => {
    const [, name = '', weight, size] = /^(\w+)(?::(\d+)\/(\d+))?$/.exec(what) ?? [];
    const kind = weight === undefined ? 'lock' : 'semaphore';
    const owner = ownerKey(by.split('/'));
    const flow = some.blocked ?? owner;
    const chain = chains.get(flow) ?? [];
    chains.set(flow, chain);
    const request: LeaseRequest = {
      name,
      kind,
      size: Number(size ?? 1),
      weight: Number(weight ?? 1),
      owner,
      holder: { test: by },
      chain: [...chain],
      // What is taken for a file, and by none of its tests.
      lasts: by.split('/').length === 2 && some.blocked === undefined ? 'inside' : undefined,
      ...some,
    };
    const lease = ledger.acquire(request, () => {});
    chain.push(lease);
    return lease;
  };
  const refused = (by: string, what: string, some?: Partial<LeaseRequest>): CarpoolError => {
    const before = ledger.waiting;
    try {
      const { state } = ask(by, what, some);
      throw new Error(`it is ${state}`);
    } catch (thrown) {
      if (isCarpoolError(thrown, 'LEASE_DEADLOCK') && ledger.waiting === before) return thrown;
      throw thrown;
    }
  };
  return { ledger, ask, refused };
}

describe('a cycle', () => {
  test('of two is reported to the call that would close it', () => {
    const { ledger, ask, refused } = room();
    const x = ask('1/f/a', 'x');
    const y = ask('2/g/b', 'y');
    const waiting = ask('1/f/a', 'y');
    const { message, context } = refused('2/g/b', 'x');
    expect(message).toBe(
      [
        'Cannot acquire lock "x": this would deadlock. Acquire in the same order everywhere',
        '  "2/g/b" waits for lock "x", which "1/f/a" holds',
        '  "1/f/a" waits for lock "y", which "2/g/b" holds',
      ].join('\n'),
    );
    expect(context).toMatchObject({ name: 'x', cycle: [{ name: 'x' }, { name: 'y' }] });
    ledger.release(y);
    expect(waiting.state).toBe('held');
    ledger.release(x);
  });

  test('of three is reported with all three', () => {
    const { ask, refused } = room();
    for (const [by, what] of [
      ['1/f/a', 'x'],
      ['2/f/b', 'y'],
      ['3/f/c', 'z'],
      ['1/f/a', 'y'],
      ['2/f/b', 'z'],
    ] as const)
      ask(by, what);
    const { context } = refused('3/f/c', 'x');
    expect(context['cycle']).toMatchObject([
      { waiter: { test: '3/f/c' }, name: 'x', holder: { test: '1/f/a' } },
      { waiter: { test: '1/f/a' }, name: 'y', holder: { test: '2/f/b' } },
      { waiter: { test: '2/f/b' }, name: 'z', holder: { test: '3/f/c' } },
    ]);
  });

  test('of two tests of one file is one too', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'x');
    ask('1/f/b', 'y');
    ask('1/f/a', 'y');
    expect(refused('1/f/b', 'x').context['cycle']).toHaveLength(2);
  });

  test('of two that both hold a part, and both want more', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'cpu:1/3');
    ask('2/f/b', 'cpu:1/3');
    ask('1/f/a', 'cpu:2/3');
    expect(refused('2/f/b', 'cpu:2/3').message).toContain('2 of semaphore "cpu"');
  });

  test('that goes through a place in the queue is one', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'cpu:1/2');
    ask('2/f/b', 'y');
    // It waits for what `a` holds, and no small request overtakes it.
    ask('2/f/b', 'cpu:2/2');
    expect(refused('1/f/a', 'y').message).toContain('"1/f/a" waits for lock "y"');
    const other = room();
    other.ask('2/f/b', 'cpu:1/2');
    other.ask('3/f/c', 'z');
    // Two flows of one test: the first will be served and goes on, and only the second waits for `c`.
    other.ask('1/f/a', 'cpu:2/2');
    other.ask('1/f/a', 'z', { chain: [] });
    expect(other.ask('3/f/c', 'cpu:1/2').state).toBe('waiting');
  });

  test('is seen where files hold what their tests do not: a file goes on when its tests have', () => {
    const { ask, refused } = room();
    ask('1/f', 'x');
    ask('2/g', 'y');
    ask('1/f/a', 'y');
    expect(refused('2/g/b', 'x').message).toContain('which "1/f" holds');
  });

  test('is seen where a test takes something for its file', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'x');
    ask('2/g/b', 'y');
    ask('1/f', 'y', { blocked: ownerKey(['1', 'f', 'a']) });
    expect(refused('2/g', 'x', { blocked: ownerKey(['2', 'g', 'b']) }).context['cycle']).toHaveLength(2);
  });

  test('through a value that is being computed is one', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'token', { kind: 'once' });
    ask('2/g/b', 'x');
    ask('2/g/b', 'token', { kind: 'once' });
    expect(refused('1/f/a', 'x').message).toContain('waits for the value "token", which "1/f/a" computes');
  });
});

describe('a call chain that waits for what it holds', () => {
  test('is told at once', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'x');
    const { message, context } = refused('1/f/a', 'x');
    expect(message).toBe(
      'Cannot acquire lock "x": this would deadlock. Release it first, or use what is held already\n  "1/f/a" waits for lock "x", which "1/f/a" holds',
    );
    expect(context['cycle']).toHaveLength(1);
  });

  test('is told for a reader that would write, and for permits of which too few are left', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'cpu:2/3');
    expect(ask('1/f/a', 'cpu:1/3').state).toBe('held');
    refused('1/f/a', 'cpu:1/3');
    const rw = (weight: number) => ({ kind: 'rwlock', size: rwlockCapacity, weight }) as const;
    ask('1/f/b', 'y', rw(1));
    refused('1/f/b', 'y', rw(rwlockCapacity));
  });

  test('is told for what the test holds until it ends, whichever chain has taken it', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'printer', { lasts: 'itself', chain: [] });
    expect(refused('1/f/a', 'printer', { chain: [] }).context['cycle']).toHaveLength(1);
    ask('2/f/b', 'x');
    ask('2/f/b', 'printer');
    expect(refused('1/f/a', 'x', { chain: [] }).context['cycle']).toHaveLength(2);
  });
});

describe('no cycle', () => {
  test('is where the flow that holds is not the flow that waits', () => {
    const { ask } = room();
    ask('1/f/a', 'x');
    ask('2/f/b', 'y');
    ask('1/f/a', 'y', { chain: [] });
    expect(ask('2/f/b', 'x').state).toBe('waiting');
  });

  test('is where two flows of one test want the same lock', () => {
    const { ledger, ask } = room();
    const first = ask('1/f/a', 'x');
    const second = ask('1/f/a', 'x', { chain: [] });
    expect(second.state).toBe('waiting');
    ledger.release(first);
    expect(second.state).toBe('held');
  });

  test('is where a test waits for its own file, which another test may release', () => {
    const { ask } = room();
    ask('1/f', 'x');
    expect(ask('1/f/a', 'x').state).toBe('waiting');
  });

  test('is where the others can go on', () => {
    const { ask } = room();
    ask('1/f/a', 'x');
    ask('2/f/b', 'y');
    ask('1/f/a', 'y');
    expect(ask('3/f/c', 'x').state).toBe('waiting');
    expect(ask('3/f/c', 'y').state).toBe('waiting');
  });

  test('is where enough of a semaphore is held by an owner that can go on', () => {
    const { ask } = room();
    ask('1/f/a', 'cpu:1/3');
    ask('2/f/b', 'cpu:1/3');
    ask('3/f/c', 'cpu:1/3');
    ask('1/f/a', 'cpu:1/3');
    // `c` will release one, and then `a` all of its own.
    expect(ask('2/f/b', 'cpu:2/3').state).toBe('waiting');
  });

  test('is where one of the waiters releases all the same', () => {
    const { ledger, ask } = room();
    const x = ask('1/f/a', 'x');
    ask('2/f/b', 'y');
    ask('1/f/a', 'y', { detectDeadlock: false });
    const waiting = ask('2/f/b', 'x');
    expect(waiting.state).toBe('waiting');
    ledger.release(x);
    expect(waiting.state).toBe('held');
  });

  test('is reported to a waiter outside the cycle, or where detectDeadlock is false', () => {
    const { ask, refused } = room();
    ask('1/f/a', 'x');
    ask('2/f/b', 'y');
    ask('1/f/a', 'y');
    expect(ask('2/f/b', 'x', { detectDeadlock: false }).state).toBe('waiting');
    ask('3/f/c', 'z');
    expect(ask('3/f/c', 'x').state).toBe('waiting');
    ask('4/f/d', 'u');
    expect(ask('4/f/d', 'z').state).toBe('waiting');
    expect(refused('3/f/c', 'u').message).toContain('"4/f/d"');
  });

  test('is where two tests only share the beginning of a name', () => {
    const { ask } = room();
    ask('1/f/a', 'x');
    ask('2/f/b', 'y');
    ask('1/f/ab', 'y');
    expect(ask('2/f/b', 'x').state).toBe('waiting');
  });
});

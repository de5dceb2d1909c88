// The ledger against a model that is too simple to be wrong: after any sequence of calls, nothing is held by too many,
// nothing is lost, the first request is served first, and the end of an owner releases everything.
import fc from 'fast-check';
import { assert, expect, test } from 'vitest';
import { isCarpoolError } from '../base/errors.ts';
import { Owners } from '../host/hub/owners.ts';
import { Ledger } from './ledger.ts';
import { ownerKey, rwlockCapacity, type Lease, type LeaseRequest } from './lease.ts';

/** One of each kind, and a second lock, so that tests can wait for each other. */
const names = {
  a: { kind: 'lock', size: 1, weights: [1, 1, 1] },
  b: { kind: 'lock', size: 1, weights: [1, 1, 1] },
  rw: { kind: 'rwlock', size: rwlockCapacity, weights: [1, 1, rwlockCapacity] },
  cpu: { kind: 'semaphore', size: 5, weights: [1, 2, 5] },
} as const;
type Name = keyof typeof names;

interface Modelled {
  readonly lease: Lease;
  readonly name: Name;
  readonly owner: readonly string[];
  readonly forget: () => void;
  weight: number;
}

/** The expected state. */
class Model {
  readonly held: Modelled[] = [];
  readonly queues: Record<Name, Modelled[]> = { a: [], b: [], rw: [], cpu: [] };

  free(name: Name): number {
    const used = this.held.filter((one) => one.name === name).reduce((sum, { weight }) => sum + weight, 0);
    return names[name].size - used;
  }

  advance(name: Name): void {
    const queue = this.queues[name];
    while (queue[0] !== undefined && queue[0].weight <= this.free(name)) this.held.push(queue.shift()!);
  }
}

/** An owner that has ended stays ended: a later owner of its name is another one. */
class Real {
  readonly ledger = new Ledger();
  readonly owners = new Owners('the worker');
  readonly granted: Lease[] = [];
  readonly #lives = new Map<string, number>();

  pathOf(by: readonly string[]): string[] {
    return by.map((part, at) => `${part}#${this.#lives.get(by.slice(0, at + 1).join('/')) ?? 0}`);
  }

  async end(by: readonly string[]): Promise<void> {
    await this.owners.end(this.pathOf(by));
    const key = by.join('/');
    this.#lives.set(key, (this.#lives.get(key) ?? 0) + 1);
  }
}

const owner = fc.constantFrom(['f', '1'], ['f', '2'], ['f'], ['g', '1'], ['g', '2']);
const name = fc.constantFrom<Name>('a', 'b', 'rw', 'cpu');
const weightAt = fc.nat(2);

function wishOf(at: Name, by: readonly string[], weight: number): LeaseRequest {
  const { kind, size } = names[at];
  return { name: at, kind, size, weight, owner: ownerKey(by), holder: { test: by.join(' ') } };
}

/** After every command. */
function check(model: Model, { ledger }: Real): void {
  for (const one of model.held) expect([one.lease.state, one.lease.weight]).toEqual(['held', one.weight]);
  const queues = Object.values(model.queues);
  for (const one of queues.flat()) expect(one.lease.state).toBe('waiting');
  expect(ledger.held).toBe(model.held.length);
  expect(ledger.waiting).toBe(queues.flat().length);
  for (const at of Object.keys(names) as Name[]) {
    expect(model.free(at)).toBeGreaterThanOrEqual(0);
    const [someone] = [...model.held, ...model.queues[at]].filter((one) => one.name === at);
    if (someone !== undefined) expect(someone.lease.resource.used).toBe(names[at].size - model.free(at));
  }
}

function holdBy(real: Real, by: readonly string[], lease: Lease): () => void {
  const held = real.owners.hold(real.pathOf(by), async () => {
    real.ledger.release(lease);
    return true;
  });
  return () => held.forget();
}

class Acquire implements fc.AsyncCommand<Model, Real> {
  readonly #name: Name;
  readonly #by: readonly string[];
  readonly #weight: number;

  constructor(at: Name, by: readonly string[], weight: number) {
    this.#name = at;
    this.#by = by;
    this.#weight = names[at].weights[weight] ?? 1;
  }

  check = (): boolean => true;

  async run(model: Model, real: Real): Promise<void> {
    const request = wishOf(this.#name, real.pathOf(this.#by), this.#weight);
    let lease: Lease;
    try {
      lease = real.ledger.acquire(request, (granted) => real.granted.push(granted));
    } catch (thrown) {
      // Only an owner that holds something can close a cycle, and the refused call leaves no trace.
      assert(isCarpoolError(thrown, 'LEASE_DEADLOCK'));
      assert(model.held.length > 0);
      return check(model, real);
    }
    const forget = holdBy(real, this.#by, lease);
    model.queues[this.#name].push({ lease, name: this.#name, owner: this.#by, weight: this.#weight, forget });
    model.advance(this.#name);
    check(model, real);
  }

  toString = (): string => `acquire ${this.#weight} of ${this.#name} for ${this.#by.join('/')}`;
}

class AcquireNow implements fc.AsyncCommand<Model, Real> {
  readonly #name: Name;
  readonly #by: readonly string[];
  readonly #weight: number;

  constructor(at: Name, by: readonly string[], weight: number) {
    this.#name = at;
    this.#by = by;
    this.#weight = names[at].weights[weight] ?? 1;
  }

  check = (): boolean => true;

  async run(model: Model, real: Real): Promise<void> {
    const given = real.ledger.acquireNow(wishOf(this.#name, real.pathOf(this.#by), this.#weight));
    const passes = this.#name === 'cpu' || model.queues[this.#name].length === 0;
    assert.equal('queue' in given, !(passes && this.#weight <= model.free(this.#name)));
    if ('queue' in given) return;
    const forget = holdBy(real, this.#by, given);
    model.held.push({ lease: given, name: this.#name, owner: this.#by, weight: this.#weight, forget });
    check(model, real);
  }

  toString = (): string => `acquire ${this.#weight} of ${this.#name} now for ${this.#by.join('/')}`;
}

/** All of it, or a part. */
class Release implements fc.AsyncCommand<Model, Real> {
  readonly #at: number;
  readonly #part: number;

  constructor(at: number, part: number) {
    this.#at = at;
    this.#part = part;
  }

  check = (model: Readonly<Model>): boolean => model.held.length > 0;

  async run(model: Model, real: Real): Promise<void> {
    const one = model.held[this.#at % model.held.length]!;
    const amount = this.#part % 3 === 0 ? one.weight : 1 + (this.#part % one.weight);
    real.ledger.release(one.lease, amount);
    one.weight -= amount;
    if (one.weight === 0) {
      one.forget();
      model.held.splice(model.held.indexOf(one), 1);
      // Twice is harmless.
      real.ledger.release(one.lease);
    }
    model.advance(one.name);
    check(model, real);
  }

  toString = (): string => `release ${this.#part} of lease ${this.#at}`;
}

/** Aborted or timed out: for the ledger both are the same. */
class Cancel implements fc.AsyncCommand<Model, Real> {
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  check = (model: Readonly<Model>): boolean => Object.values(model.queues).flat().length > 0;

  async run(model: Model, real: Real): Promise<void> {
    const waiting = Object.values(model.queues).flat();
    const one = waiting[this.#at % waiting.length]!;
    real.ledger.release(one.lease);
    one.forget();
    const queue = model.queues[one.name];
    queue.splice(queue.indexOf(one), 1);
    model.advance(one.name);
    check(model, real);
    assert.equal(one.lease.state, 'over');
  }

  toString = (): string => `cancel ${this.#at}`;
}

class End implements fc.AsyncCommand<Model, Real> {
  readonly #by: readonly string[];

  constructor(by: readonly string[]) {
    this.#by = by;
  }

  check = (): boolean => true;

  async run(model: Model, real: Real): Promise<void> {
    await real.end(this.#by);
    const before = [...model.held, ...Object.values(model.queues).flat()].filter((one) =>
      this.#by.every((part, at) => one.owner[at] === part),
    );
    for (const one of before) {
      const list = model.held.includes(one) ? model.held : model.queues[one.name];
      list.splice(list.indexOf(one), 1);
    }
    for (const at of Object.keys(names) as Name[]) model.advance(at);
    for (const one of before) assert.equal(one.lease.state, 'over');
    check(model, real);
  }

  toString = (): string => `end ${this.#by.join('/')}`;
}

const commands = fc.commands(
  [
    fc.tuple(name, owner, weightAt).map(([at, by, weight]) => new Acquire(at, by, weight)),
    fc.tuple(name, owner, weightAt).map(([at, by, weight]) => new Acquire(at, by, weight)),
    fc.tuple(name, owner, weightAt).map(([at, by, weight]) => new AcquireNow(at, by, weight)),
    fc.tuple(fc.nat(), fc.nat(20)).map(([at, part]) => new Release(at, part)),
    fc.nat().map((at) => new Cancel(at)),
    owner.map((by) => new End(by)),
  ],
  { maxCommands: 60 },
);

test('after any calls in any order the ledger agrees with the model, and nothing remains at the end', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      const model = new Model();
      const real = new Real();
      await fc.asyncModelRun(() => ({ model, real }), sequence);
      // The worker is gone: its owners give everything back, in whatever order they find it.
      await real.owners.endAll('because its worker has ended');
      expect([real.ledger.held, real.ledger.waiting]).toEqual([0, 0]);
      // Each was granted once at most.
      expect(new Set(real.granted).size).toBe(real.granted.length);
      // Nothing that is left blocks the next run.
      for (const at of Object.keys(names) as Name[]) {
        const { size } = names[at];
        expect(real.ledger.acquire(wishOf(at, ['late'], size), () => {}).state).toBe('held');
      }
    }),
    { numRuns: 300 },
  );
});

// The queue against a model: a list of runs in the order of their turns, each a list of what waits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

interface Item {
  readonly run?: string | undefined;
  readonly number: number;
}

type Model = { readonly run: string | undefined; readonly items: Item[] }[];

interface Real {
  readonly queue: FairQueue<Item>;
  /** For each run that waits: how often each other one was served since its head came to the head. */
  readonly passed: Map<string | undefined, Map<string | undefined, number>>;
  numbers: number;
}

type Move = fc.Command<Model, Real>;

const move = (name: string, run: (model: Model, real: Real) => void): Move => ({
  check: () => true,
  run(model, real) {
    run(model, real);
    expect(real.queue.first).toBe(model[0]?.items[0]);
    expect([...real.queue]).toEqual(inTurns(model));
    expect(real.queue.size).toBe(model.flatMap(({ items }) => items).length);
    for (const one of model) expect(real.queue.sizeOf(one.run)).toBe(one.items.length);
  },
  toString: () => name,
});

function inTurns(model: Model): Item[] {
  const longest = Math.max(0, ...model.map(({ items }) => items.length));
  return Array.from({ length: longest }, (_, at) => model.flatMap(({ items }) => items[at] ?? [])).flat();
}

const add = (run: string | undefined): Move =>
  move(`add(${run})`, (model, real) => {
    const item = { run, number: ++real.numbers };
    real.queue.add(item);
    const own = model.find((one) => one.run === run);
    if (own === undefined) model.push({ run, items: [item] });
    else own.items.push(item);
  });

const leave = (pick: number): Move =>
  move(`leave(${pick})`, (model, { queue, passed }) => {
    const all = inTurns(model);
    const item = all[pick % Math.max(1, all.length)];
    if (item === undefined) return;
    const at = model.findIndex(({ run }) => run === item.run);
    const { items } = model[at]!;
    items.splice(items.indexOf(item), 1);
    if (items.length === 0) {
      model.splice(at, 1);
      passed.delete(item.run);
    }
    expect([queue.delete(item), queue.delete(item)]).toEqual([true, false]);
  });

const serve = (): Move =>
  move('shift()', (model, { queue, passed }) => {
    const own = model.shift();
    const item = own?.items.shift();
    if (own !== undefined && own.items.length > 0) model.push(own);
    expect(queue.shift()).toBe(item);
    if (own === undefined) return;
    passed.delete(own.run);
    for (const { run } of model.filter((one) => one !== own)) {
      const others = passed.get(run) ?? new Map<string | undefined, number>();
      passed.set(run, others.set(own.run, (others.get(own.run) ?? 0) + 1));
      // One turn of each other run, whatever waits there.
      expect(others.get(own.run)).toBe(1);
    }
  });

const run = fc.constantFrom(undefined, 'a', 'b', 'c');

describe('a queue of several runs', () => {
  test('agrees with the model, and no run is passed twice by another', () => {
    const moves = [
      run.map(add),
      run.map(add),
      fc.nat(30).map(leave),
      fc.constant(null).map(serve),
      fc.constant(null).map(serve),
    ];
    fc.assert(
      fc.property(fc.commands(moves, { maxCommands: 100 }), (commands) => {
        const real: Real = { queue: new FairQueue(), passed: new Map(), numbers: 0 };
        fc.modelRun(() => ({ model: [], real }), commands);
      }),
      { numRuns: 500 },
    );
  });

  test('lets a run with 1,000 waiters delay another by one turn', () => {
    const queue = new FairQueue<Item>();
    for (let number = 0; number < 1_000; number++) queue.add({ run: 'many', number });
    queue.add({ run: 'one', number: 1_000 });
    expect([queue.shift(), queue.shift()].map((item) => item?.run)).toEqual(['many', 'one']);
  });
});

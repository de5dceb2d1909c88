import { describe, expect, test, vi } from 'vitest';
import { Log, Reader, type LogLimits } from './broadcast-log.ts';

function logOf(limits: Partial<LogLimits> = {}): { log: Log<number>; waits: number[]; unread: () => number } {
  const waits: number[] = [];
  let unread = 0;
  const log = new Log<number>({
    limits: { messages: 10, bytes: 1000, ...limits },
    overflow: (behind) => new Error(`behind by ${behind}`),
    waits: (by) => waits.push(by),
    unread: () => unread++,
  });
  return { log, waits, unread: () => unread };
}

const over = { done: true, value: undefined };
const is = (value: number): object => ({ done: false, value });

describe('a reader', () => {
  test('begins with its first `next`, and reads in order', async () => {
    const { log } = logOf();
    const reader = new Reader(() => log);
    log.push(1);
    const first = reader.next();
    log.push(2);
    log.push(3);
    expect([await first, await reader.next()]).toEqual([is(2), is(3)]);
  });

  test('may be asked for several at once', async () => {
    const { log } = logOf();
    const reader = new Reader(() => log);
    const three = [reader.next(), reader.next(), reader.next()];
    for (const n of [1, 2, 3]) log.push(n);
    expect(await Promise.all(three)).toEqual([is(1), is(2), is(3)]);
  });

  test('ends what waits when it returns, and forgets the log', async () => {
    const { log, waits, unread } = logOf();
    const reader = new Reader(() => log);
    const waiting = reader.next();
    expect(waits).toEqual([1]);
    expect(await reader.return()).toEqual(over);
    expect([await waiting, await reader.next()]).toEqual([over, over]);
    expect([waits, unread(), log.readers.size]).toEqual([[1, -1], 1, 0]);
  });

  test('that is never read opens nothing', async () => {
    const open = vi.fn<() => Log<number>>();
    const reader = new Reader(open);
    await reader.return();
    expect(await reader.next()).toEqual(over);
    expect(open).not.toHaveBeenCalled();
  });

  test('rejects with what is thrown into it', async () => {
    const reader = new Reader(() => logOf().log);
    await expect(reader.throw(new Error('no'))).rejects.toThrow('no');
    expect(await reader.next()).toEqual(over);
  });

  test('is disposed of like any other', async () => {
    const { log } = logOf();
    {
      await using reader = new Reader(() => log);
      void reader.next();
    }
    expect(log.readers.size).toBe(0);
  });
});

describe('a log', () => {
  test('that is closed can be read to its end', async () => {
    const { log } = logOf();
    const [reader, waiting] = [new Reader(() => log), new Reader(() => log)];
    const [first, second] = [reader.next(), waiting.next()];
    log.push(1);
    log.push(2);
    log.close();
    log.push(3);
    expect([await first, await reader.next(), await reader.next()]).toEqual([is(1), is(2), over]);
    expect(await second).toEqual(is(1));
    expect(await new Reader(() => log).next()).toEqual(over);
  });

  test('that failed can be read to its end, and then fails each reader once', async () => {
    const { log } = logOf();
    const reader = new Reader(() => log);
    const first = reader.next();
    log.push(1);
    log.fail(new Error('crashed'));
    expect(await first).toEqual(is(1));
    await expect(reader.next()).rejects.toThrow('crashed');
    expect(await reader.next()).toEqual(over);
    await expect(new Reader(() => log).next()).rejects.toThrow('crashed');
  });

  test('that is abandoned can be read to its end, and then leaves every read pending', async () => {
    const { log, waits } = logOf();
    const reader = new Reader(() => log);
    const [first, second, settled] = [reader.next(), reader.next(), vi.fn<() => void>()];
    void second.finally(settled);
    log.push(1);
    expect(await first).toEqual(is(1));
    log.abandon();
    for (const pending of [reader.next(), new Reader(() => log).next()]) void pending.finally(settled);
    await new Promise(setImmediate);
    expect(settled).not.toHaveBeenCalled();
    expect(waits).toEqual([1, -1]);
    expect(await reader.return()).toEqual(over);
  });

  test('keeps what comes before its first reader for that one, the first up to its limit', async () => {
    const log = new Log<number>({ overflow: () => new Error('behind'), keep: { messages: 3, bytes: 20 } });
    for (const [n, size] of [1, 15, 5, 1].entries()) log.push(n, size);
    const [first, second] = [new Reader(() => log), new Reader(() => log)];
    const [read, late] = [first.next(), second.next()];
    log.push(5, 1);
    expect([await read, await first.next(), await first.next(), await late]).toEqual([is(0), is(1), is(5), is(5)]);
  });

  test.each([
    ['messages', { messages: 10 }, 1],
    ['bytes', { messages: 1_000_000, bytes: 100 }, 10],
  ])('is bounded by its %s: a reader that falls behind fails, the others read on', async (_, limits, size) => {
    const { log } = logOf(limits);
    const [slow, quick] = [new Reader(() => log), new Reader(() => log)];
    const [first, start] = [slow.next(), quick.next()];
    log.push(0, size);
    await Promise.all([first, start]);
    for (let n = 1; n <= 11; n++) {
      log.push(n, size);
      expect(await quick.next()).toEqual(is(n));
    }
    await expect(slow.next()).rejects.toThrow('behind by 11');
    expect(await slow.next()).toEqual(over);
    log.push(12, size);
    expect(await quick.next()).toEqual(is(12));
  });

  test('keeps nothing that all readers have read, or that has no reader', async () => {
    const { log } = logOf({ messages: 2 });
    const held: WeakRef<object>[] = [];
    const objects = log as unknown as Log<object>;
    const push = (): void => {
      const object = { bytes: new Uint8Array(1000) };
      held.push(new WeakRef(object));
      objects.push(object);
    };
    const slow = new Reader(() => objects);
    const quick = new Reader(() => objects);
    const [asked] = [quick.next(), slow.next()];
    push();
    await asked;
    for (let n = 0; n < 20; n++) {
      push();
      await quick.next();
    }
    await new Promise((resolve) => setTimeout(resolve));
    globalThis.gc?.();
    const alive = held.filter((ref) => ref.deref() !== undefined).length;
    // Without `--expose-gc` there is nothing to see.
    expect(globalThis.gc === undefined || alive <= 4).toBe(true);
    await expect(slow.next()).rejects.toThrow('behind by 20');
  });

  test('costs a message the same however many wait for others', () => {
    const wake = vi.spyOn(Reader.prototype, 'wake');
    const { log: others } = logOf();
    const { log } = logOf();
    for (let n = 0; n < 1000; n++) void new Reader(() => others).next();
    void new Reader(() => log).next();
    for (let n = 0; n < 5; n++) log.push(n);
    expect(wake).toHaveBeenCalledTimes(1);
    expect(others.waiting.size).toBe(1000);
    wake.mockRestore();
  });

  test('drops messages while it has no reader', async () => {
    const { log } = logOf();
    for (let n = 0; n < 100; n++) log.push(n, 1000);
    expect(log.last.count).toBe(0);
    const next = new Reader(() => log).next();
    log.push(7);
    expect(await next).toEqual(is(7));
  });
});

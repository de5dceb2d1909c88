import { PassThrough, Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../../test/support/clock.ts';
import { pump } from './pump.ts';
import { Target } from './target.ts';

const never = { exited: new Promise<never>(() => {}) };
const exited = Promise.resolve();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Takes one chunk, and the next when it is told to. */
class Slow extends Writable {
  readonly taken: string[] = [];
  #next: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1 });
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.taken.push(chunk.toString());
    this.#next = done;
  }

  next(): void {
    this.#next?.();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is printed waits where nobody reads: nothing is held for it', async () => {
  const slow = new Slow();
  const target = new Target(slow);
  let made = 0;
  const from = new Readable({
    highWaterMark: 1,
    read() {
      this.push(++made > 50 ? null : bytes(`${made};`));
    },
  });
  const pumped = pump(from, (chunk) => target.write(chunk), never);
  await turn();
  await turn();
  expect(slow.taken).toEqual(['1;']);
  // The one that is read ahead, and the one that Node holds.
  expect(made).toBeLessThan(5);
  while (slow.taken.length < 50) {
    slow.next();
    await turn();
  }
  slow.next();
  await pumped;
  expect(slow.taken.join('')).toBe(Array.from({ length: 50 }, (_, at) => `${at + 1};`).join(''));
});

describe('the end', () => {
  test('comes with that of the stream, before that of the process', async () => {
    const target = new Target(new Slow());
    await expect(pump(Readable.from([bytes('a')]), (chunk) => target.write(chunk), never)).resolves.toBeUndefined();
  });

  test('comes after the exit also where something holds the stream open, with all that was printed', async () => {
    const clock = new FakeClock();
    const held = new PassThrough();
    const taken: string[] = [];
    held.write('before');
    const pumped = pump(held, (chunk) => void taken.push(String(chunk)), { exited, clock });
    // One time in which something came, and one in which nothing did.
    for (let times = 0; times < 2; times++) {
      await turn();
      clock.pass(500);
    }
    await pumped;
    expect(taken).toEqual(['before']);
    expect(held.destroyed).toBe(true);
  });

  test('does not come while a slow reader has yet to read', async () => {
    const clock = new FakeClock();
    const held = new PassThrough();
    const room = Promise.withResolvers<void>();
    const taken: string[] = [];
    let over = false;
    held.write('a');
    const write = (chunk: Uint8Array): Promise<void> | undefined => {
      taken.push(String(chunk));
      return taken.length === 1 ? room.promise : undefined;
    };
    const pumped = pump(held, write, { exited, clock }).then(() => (over = true));
    held.write('b');
    for (let times = 0; times < 20; times++) {
      await turn();
      clock.pass(500);
    }
    expect([over, taken]).toEqual([false, ['a']]);
    room.resolve();
    for (let times = 0; times < 3; times++) {
      await turn();
      clock.pass(500);
    }
    await pumped;
    expect(taken).toEqual(['a', 'b']);
  });

  test('of the reader ends the stream, and is no fault', async () => {
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const target = new Target(new Writable({ write: (_, __, done) => done(gone) }));
    const from = new PassThrough();
    from.write('first');
    const pumped = pump(from, (chunk) => target.write(chunk), never);
    await turn();
    from.write('second');
    await pumped;
    expect(from.destroyed).toBe(true);
    expect(target.fault).toBeUndefined();
  });

  test('of a disk is a fault of the target', async () => {
    const full = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
    const target = new Target(new Writable({ write: (_, __, done) => done(full) }));
    await pump(Readable.from([bytes('a')]), (chunk) => target.write(chunk), never);
    await turn();
    expect(target.fault).toBe(full);
    expect(target.write(bytes('b'))).toBe('gone');
  });

  test('comes with what the one that takes it throws', async () => {
    const full = new Error('ENOSPC');
    const refuse = (): never => {
      throw full;
    };
    await expect(pump(Readable.from([bytes('a')]), refuse, never)).rejects.toBe(full);
  });
});

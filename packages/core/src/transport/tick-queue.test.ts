import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { BatchWriter } from './batch.ts';
import { TickQueue } from './tick-queue.ts';

function written(): { readonly writer: BatchWriter; readonly chunks: string[]; readonly stream: Writable } {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return { writer: new BatchWriter(stream), chunks, stream };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a message alone is answered in its turn, a burst in a few writes, in order', async () => {
  const { writer, chunks } = written();
  const tickQueue = new TickQueue(writer);
  const answer = (text: string): void => tickQueue.add(() => writer.write(bytes(text), bytes('.')));
  answer('one');
  await new Promise((resolve) => setImmediate(resolve));
  expect(chunks).toEqual(['one.']);
  for (let n = 0; n < 100; n++) answer(String(n));
  await new Promise((resolve) => setImmediate(resolve));
  expect(chunks.length).toBeLessThanOrEqual(6);
  expect(chunks.join('')).toBe(`one.${Array.from({ length: 100 }, (_, n) => `${n}.`).join('')}`);
});

test('each message has its own turn: promises of the one before have settled', async () => {
  const tickQueue = new TickQueue(written().writer);
  const order: string[] = [];
  const done = new Promise<void>((resolve) => {
    tickQueue.add(() => void Promise.resolve().then(() => order.push('after the first')));
    tickQueue.add(() => {
      order.push('the second');
      resolve();
    });
  });
  await done;
  expect(order).toEqual(['after the first', 'the second']);
});

test('what is gathered is written before the stream ends', async () => {
  const { writer, chunks, stream } = written();
  const tickQueue = new TickQueue(writer);
  tickQueue.add(() => writer.write(bytes('last words'), bytes('.')));
  tickQueue.add(() => writer.end());
  await new Promise((resolve) => stream.once('finish', resolve));
  expect(chunks.join('')).toBe('last words.');
});

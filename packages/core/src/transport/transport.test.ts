import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CarpoolError } from '../base/errors.ts';
import { jsonLinesCodec } from '../codec/codecs.ts';
import { defaultLimits } from '../codec/codec.ts';
import { Frame } from '../codec/frame.ts';
import { json } from '../codec/json.ts';
import { memoryPair } from '../../test/support/memory-transport.ts';
import { StreamTransport } from './stream.ts';
import type { Transport } from './transport.ts';

const frame = (message: unknown): Frame => Frame.of(message, json);

/** Records what a transport reports. */
function listening(transport: Transport) {
  const heard: unknown[] = [];
  const closed = Promise.withResolvers<CarpoolError | undefined>();
  let ends = 0;
  transport.start({
    frame: (received) => heard.push(received.message),
    closed(reason) {
      ends++;
      closed.resolve(reason);
    },
  });
  return { heard, closed: closed.promise, ends: () => ends };
}

function streamPair(): [Transport, Transport] {
  const [there, back] = [new PassThrough(), new PassThrough()];
  const options = { codec: jsonLinesCodec, limits: defaultLimits };
  return [new StreamTransport(back, there, options), new StreamTransport(there, back, options)];
}

describe.each([
  ['in memory', memoryPair],
  ['over streams', streamPair],
])('a transport %s', (_, pair) => {
  test('delivers whole messages in order, both ways, and none within `send`', async () => {
    const [left, right] = pair();
    const [onLeft, onRight] = [listening(left), listening(right)];
    for (let n = 0; n < 100; n++) left.send(frame({ n }));
    right.send(frame({ back: true }));
    expect(onRight.heard).toEqual([]);
    await expect.poll(() => onRight.heard.length).toBe(100);
    expect(onRight.heard).toEqual(Array.from({ length: 100 }, (__, n) => ({ n })));
    expect(onLeft.heard).toEqual([{ back: true }]);
  });

  test('what may leave later leaves by itself, and before what is sent after it', async () => {
    const [left, right] = pair();
    listening(left);
    const { heard } = listening(right);
    left.sendSoon(frame({ n: 1 }));
    await expect.poll(() => heard.length).toBe(1);
    left.sendSoon(frame({ n: 2 }));
    left.send(frame({ n: 3 }));
    await expect.poll(() => heard.length).toBe(3);
    expect(heard).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test('sends what is queued before it ends, and says once that it has', async () => {
    const [left, right] = pair();
    const onRight = listening(right);
    listening(left);
    left.send(frame({ last: 'words' }));
    left.close();
    expect(await onRight.closed).toBe(undefined);
    expect(onRight.heard).toEqual([{ last: 'words' }]);
    left.send(frame({ too: 'late' }));
    right.abort(new CarpoolError('HUB_LOST', 'too late too'));
    await setImmediate();
    expect([onRight.heard.length, onRight.ends()]).toEqual([1, 1]);
  });

  test('that is aborted is over at once, with its reason', async () => {
    const [left, right] = pair();
    const [onLeft, onRight] = [listening(left), listening(right)];
    const reason = new CarpoolError('FRAME_MALFORMED', 'nonsense');
    right.send(frame({ n: 1 }));
    left.abort(reason);
    expect(await onLeft.closed).toBe(reason);
    await setImmediate();
    expect(onLeft.heard).toEqual([]);
    right.send(frame({ n: 2 }));
    right.close();
    await setImmediate();
    expect([onLeft.ends(), onRight.ends() <= 1]).toEqual([1, true]);
  });
});

describe('a transport over streams', () => {
  const options = { codec: jsonLinesCodec, limits: { maxFrameBytes: 100 } };

  test('says what broke the stream', async () => {
    const [readable, writable] = [new PassThrough(), new PassThrough()];
    const { closed } = listening(new StreamTransport(readable, writable, options));
    readable.write('x'.repeat(1_000));
    expect(await closed).toMatchObject({ code: 'FRAME_TOO_LARGE' });
    expect([readable.destroyed, writable.destroyed]).toEqual([true, true]);
  });

  test('says that the stream ended within a frame', async () => {
    const readable = new PassThrough();
    const { closed } = listening(new StreamTransport(readable, new PassThrough(), options));
    readable.end('{"n":');
    expect(await closed).toMatchObject({ code: 'FRAME_TRUNCATED' });
  });

  test('says that the stream broke', async () => {
    const readable = new PassThrough();
    const { closed } = listening(new StreamTransport(readable, new PassThrough(), options));
    readable.destroy(new Error('ECONNRESET'));
    expect(await closed).toMatchObject({ code: 'FRAME_TRUNCATED', message: 'The stream broke: ECONNRESET' });
  });

  test('survives a writable that broke: the readable reports its end', async () => {
    const [readable, writable] = [new PassThrough(), new PassThrough()];
    const transport = new StreamTransport(readable, writable, options);
    const { closed, ends } = listening(transport);
    writable.destroy(new Error('EPIPE'));
    await setImmediate();
    transport.send(frame({ n: 1 }));
    await setImmediate();
    expect(ends()).toBe(0);
    readable.end();
    expect(await closed).toBe(undefined);
  });

  test('refuses what is too large to be sent, and sends nothing of it', async () => {
    const writable = new PassThrough();
    const transport = new StreamTransport(new PassThrough(), writable, options);
    listening(transport);
    expect(() => transport.send(frame({ text: 'x'.repeat(200) }))).toThrow(/over the limit of 100/);
    await setImmediate();
    expect(writable.readableLength).toBe(0);
    expect(transport.backlog).toBe(0);
  });

  test('writes what is sent in one turn as one chunk, and counts what the other side has not taken', async () => {
    const writable = new PassThrough({ highWaterMark: 1 });
    const transport = new StreamTransport(new PassThrough(), writable, options);
    listening(transport);
    const chunks: number[] = [];
    for (let n = 0; n < 10; n++) transport.send(frame({ n }));
    expect(transport.backlog).toBe(80);
    writable.on('data', (chunk: Uint8Array) => chunks.push(chunk.length));
    await expect.poll(() => transport.backlog).toBe(0);
    expect(chunks).toEqual([80]);
  });
});

/** Which lines a session gives to a transcript, where it is not the usual ones. */
import { readFileSync } from 'node:fs';
import { queryObjects } from 'node:v8';
import { expect, test } from 'vitest';
import { recordValue, type Recorded } from '../../src/base/transcript-value.ts';
import type { OwnEvent, Transcript } from '../../src/base/transcript-keeper.ts';
import { transcriptLine } from '../../src/base/transcript.ts';
import { Frame } from '../../src/codec/frame.ts';
import { json } from '../../src/codec/json.ts';
import { TranscriptFile } from '../../src/process/transcript-file.ts';
import type { Refusal } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import { SessionRecord } from '../../src/session/session-record.ts';
import { FakeClock } from '../support/clock.ts';
import { place, pool, programProtocol } from '../support/pools.ts';

class Lines implements Transcript {
  readonly lines: OwnEvent[] = [];
  full = false;

  takes(): boolean {
    return !this.full;
  }

  add(_session: string, event: OwnEvent): void {
    this.lines.push(event);
  }

  record(value: unknown): Recorded {
    return recordValue(value);
  }

  text(text: string): string {
    return text;
  }

  /** "kind n (phase)" of each. */
  get kinds(): string[] {
    return this.lines.map((line) =>
      [line.e, ...('n' in line ? [line.n] : []), ...('in' in line ? [`(${line.in})`] : [])].join(' '),
    );
  }
}

const say = (...messages: object[]): { readonly type: string; readonly messages: readonly object[] } => ({
  type: 'say',
  messages: messages.map((message) => ({ session: 's1', ...message })),
});

test('what comes while a session opens, and `open` leaves, is in it again when the user gets it', async () => {
  const transcript = new Lines();
  const open = {
    send: say({ type: 'tick' }, { type: 'ask', id: 'q1' }, { type: 'opened' }),
    expect: { type: 'opened' },
  };
  const protocol = { ...programProtocol, open };
  const made = pool('says-on-request', { protocol }, { transcript: { transcript, pool: 'echoes' } });
  const session = await made.register();
  const heard = await session.event();
  expect(heard['type']).toBe('tick');
  session.answer(() => ({ type: 'answer', is: 1 }));
  // The child answers that, too, to nothing that waits.
  await session.event(({ type }) => type === 'reply');
  await session.request({ type: 'query' });
  await session.unregister();
  const request = transcript.kinds.find((kind) => kind.startsWith('request ')) ?? '';
  expect(transcript.kinds).toEqual([
    'open',
    'send (open)',
    'event (open)',
    'ask 1 (open)',
    'event (open)',
    'opened',
    'event',
    'ask 1',
    'answer 1',
    'reply',
    request,
    request.replace('request', 'reply'),
    'close',
    'send (close)',
    'event (close)',
    'closed',
  ]);
});

test('a question that gets no answer is told as such', async () => {
  const transcript = new Lines();
  const protocol = sessionField({ ...programProtocol, refuse: { type: 'none' } });
  const made = pool('says-on-request', { protocol }, { transcript: { transcript, pool: 'echoes' } });
  const session = await made.register();
  session.answer(() => new Promise(() => {}));
  session.send(say({ type: 'ask', id: 'q1' }, { type: 'tick' }));
  await session.event(({ type }) => type === 'tick');
  await session.unregister();
  expect(transcript.lines.filter(({ e }) => e === 'refuse')).toEqual([
    { e: 'refuse', n: 1, reason: 'the session has ended' },
  ]);
});

test('messages that find no room are counted in the last line of their session', async () => {
  const transcript = new Lines();
  const made = pool('echo', {}, { transcript: { transcript, pool: 'echoes' } });
  const session = await made.register();
  await session.request({ type: 'query' });
  transcript.full = true;
  await session.request({ type: 'query' });
  transcript.full = false;
  await session.unregister();
  expect(transcript.kinds.filter((kind) => kind.startsWith('re'))).toHaveLength(2);
  expect(transcript.lines.at(-1)).toEqual({ e: 'closed', dropped: 2 });
});

test('of a message that is too large, its size is kept', async () => {
  const transcript = new Lines();
  const made = pool('echo', { codec: 'msgpack' }, { transcript: { transcript, pool: 'echoes' } });
  const session = await made.register();
  await session.request({ type: 'query', bytes: new Uint8Array(17 * 1024 * 1024) });
  await session.unregister();
  const [request, reply] = transcript.lines.filter(({ e }) => e === 'request' || e === 'reply');
  expect(request).toMatchObject({ m: { $lost: expect.stringMatching(/^a message of 1782\d{4} bytes$/) as string } });
  expect(reply).toMatchObject({ m: { $lost: expect.stringMatching(/^a message of 1782\d{4} bytes$/) as string } });
});

test('a session that does not open says why', async () => {
  const transcript = new Lines();
  const open = { send: { type: 'refuse' }, expect: { type: 'opened' } };
  const made = pool(
    'steps',
    { protocol: { ...programProtocol, open }, openTimeout: 300 },
    { transcript: { transcript, pool: 'echoes' } },
  );
  await expect(made.register()).rejects.toMatchObject({ code: 'SESSION_FAILED' });
  await made.close();
  expect(transcript.kinds.slice(0, 2)).toEqual(['open', 'send (open)']);
  expect(transcript.lines.find(({ e }) => e === 'close')).toMatchObject({ code: 'SESSION_FAILED' });
  expect(transcript.kinds.at(-1)).toBe('closed');
});

/** A file as a run has it, whose disk may not fail. */
function transcriptFile(): TranscriptFile {
  const file = `${place().path}/a.transcript.jsonl`;
  const header = { carpoolTranscript: 1, carpool: '1', folder: '', pid: 1, zero: 0 } as const;
  return new TranscriptFile({ file, header, clock: new FakeClock(), warn: (why) => expect.fail(why) });
}

test('a protocol without types may refuse with whatever it has', () => {
  const transcript = transcriptFile();
  const child = { transcript, pool: 'echoes', protocol: { name: 'p' }, pid: 1, hello: undefined };
  const record = new SessionRecord(child, { id: 's1', holder: {} }, undefined);
  const bare = Object.create(null) as object;
  for (const refusal of [{ code: -32601, message: 404 }, { code: bare, message: 'no' }, undefined])
    record.received(
      { as: 'refusal', to: 's1', key: 'k', refusal: refusal as unknown as Refusal },
      Frame.of({ is: 'no' }, json),
      undefined,
    );
  transcript.close();
  const lines = readFileSync(transcript.file, 'utf8').trimEnd().split('\n').slice(2, -1);
  expect(lines.map((line, at) => transcriptLine(line, at + 3))).toMatchObject([
    { e: 'refusal', code: '-32601', message: '404', m: { is: 'no' } },
    { e: 'refusal', message: expect.stringMatching(/^a refusal that cannot be read: /) as string, m: { is: 'no' } },
    { e: 'refusal', m: { is: 'no' } },
  ]);
});

test('params that cannot be read are told as such, and the session opens', async () => {
  const transcript = transcriptFile();
  expect(
    transcript.record({
      get broken(): never {
        throw new Error('it is gone');
      },
    }),
  ).toEqual({ $lost: 'a value that cannot be read: it is gone' });
  transcript.close();
});

test('of what comes while a session opens, no more is held than `open` may still read', () => {
  const child = { transcript: new Lines(), pool: 'echoes', protocol: { name: 'p' }, pid: 1, hello: undefined };
  const record = new SessionRecord(child, { id: 's1', holder: {} }, undefined);
  const before = held();
  // Nothing but the record may hold them.
  for (let at = 0; at < 2_000; at++) record.received({ as: 'event', to: 's1' }, Frame.of({ at }, json), undefined);
  const left = [Frame.of({ at: 'left' }, json)];
  for (const frame of left) record.received({ as: 'event', to: 's1' }, frame, undefined);
  expect(held() - before).toBeLessThan(10);
  record.opened({ wireId: 's1', close: () => {} }, left);
  expect(child.transcript.lines.slice(-2)).toMatchObject([{ e: 'opened' }, { e: 'event', m: { at: 'left' } }]);
});

/** Frames in memory. */
function held(): number {
  return queryObjects(Frame, { format: 'count' });
}

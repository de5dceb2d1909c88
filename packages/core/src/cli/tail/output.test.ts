import { Writable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { ObservedBody } from '../../wire/observe.ts';
import { JsonLines } from './lines.ts';
import { Output } from './output.ts';

/** A reader that takes nothing until it reads on. */
function paused() {
  let taken = '';
  let resume: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      taken += chunk;
      resume = done;
    },
  });
  const reads = (): void => {
    const next = resume;
    resume = undefined;
    next?.();
  };
  return {
    stream,
    reads,
    events: () =>
      taken
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
  };
}

function body(count: number, changes: Partial<ObservedBody> = {}): ObservedBody {
  const message = { time: 0, pool: 'browser', session: 's1', direction: 'in', text: 'x'.repeat(16 * 1024) } as const;
  return { messages: Array.from({ length: count }, () => message), ...changes };
}

/** Until the stream has nothing left to be read. */
async function all({ stream, reads }: ReturnType<typeof paused>): Promise<void> {
  while (stream.writableLength > 0) {
    reads();
    await new Promise(setImmediate);
  }
}

test('what a reader that waits does not take is bounded, counted, and told when it reads on', async () => {
  const reader = paused();
  const output = new Output(reader.stream, new JsonLines());
  for (let n = 0; n < 200; n++) output.messages(body(10, n === 199 ? { lost: 7 } : {}));
  expect(reader.stream.writableLength).toBeLessThan(2 * 1024 * 1024);
  await all(reader);
  output.messages(body(1));
  await all(reader);
  const events = reader.events();
  const shown = events.filter((one) => 'text' in one).length;
  const lost = events.flatMap((one) => ('messages' in one ? [one.messages] : []));
  expect(lost).toEqual([2_001 + 7 - shown]);
  expect(events.at(-2)).toEqual({ event: 'lost', messages: lost[0] });
});

test('at the end it says what was not printed', async () => {
  const reader = paused();
  const output = new Output(reader.stream, new JsonLines());
  for (let n = 0; n < 20; n++) output.messages(body(10));
  output.end();
  await all(reader);
  expect(reader.events().at(-1)).toMatchObject({ event: 'lost' });
});

test('what has no reader any more is closed, once', async () => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  });
  const said = vi.spyOn(console, 'error').mockReturnValue();
  const output = new Output(stream, new JsonLines());
  output.messages(body(1));
  await output.closed;
  // An error that nothing listens to would fail this test.
  output.messages(body(1));
  await new Promise(setImmediate);
  expect(stream.destroyed).toBe(true);
  expect(said).not.toHaveBeenCalled();
});

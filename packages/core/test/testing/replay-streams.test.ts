// A replay answers at once what came piece by piece when it was recorded: how far the test is behind ends no session.
import { expect, test } from 'vitest';
import { replay } from '../../src/testing/replay.ts';
import { transcriptText, writeTranscript, type Written } from '../support/transcripts.ts';

const shop = {
  protocol: { steps: [{ type: 'step' }], close: { send: { type: 'reset' } } },
  maxUnreadEvents: 3,
};
const many = 500;

const numbers = (e: 'event' | 'step'): Written[] =>
  Array.from({ length: many }, (_, at) => ({ e, ...(e === 'step' && { n: 1 }), m: { type: e, at } }));

function recorded(...events: readonly Written[]): Written[] {
  return [
    { e: 'open', pool: 'shop' },
    { e: 'opened', id: 's1' },
    ...events,
    { e: 'close', by: 'owner' },
    { e: 'closed' },
  ];
}

async function opened(...events: readonly Written[]) {
  const written = writeTranscript(transcriptText(recorded(...events)));
  const pool = await replay(written.file, shop);
  const session = await pool.register();
  const end = async (): Promise<void> => {
    await pool.close();
    written[Symbol.dispose]();
  };
  return { session, [Symbol.asyncDispose]: end };
}

const request = { e: 'request', n: 1, m: { type: 'go' } } as const;
const reply = { e: 'reply', n: 1, m: { type: 'gone' } } as const;

test('events that are read late are all there, in their order', async () => {
  await using replayed = await opened({ e: 'event', m: { type: 'first' } }, request, ...numbers('event'), reply);
  const { session } = replayed;
  expect(await session.event()).toMatchObject({ type: 'first' });
  // They have come before the reply.
  expect(await session.request({ type: 'go' })).toMatchObject({ type: 'gone' });
  for (let at = 0; at < many; at++) expect(await session.event()).toMatchObject({ at });
});

test('none of those that came before the first was read is missing', async () => {
  await using replayed = await opened(request, ...numbers('event'), reply);
  const { session } = replayed;
  await session.request({ type: 'go' });
  let at = 0;
  for await (const event of session.events()) {
    expect(event).toMatchObject({ at });
    if (++at === many) break;
  }
});

test('steps that are read late are all there', async () => {
  await using replayed = await opened(request, ...numbers('step'), { e: 'event', m: { type: 'all' } }, reply);
  const { session } = replayed;
  const going = session.interact({ type: 'go' });
  await session.event(({ type }) => type === 'all');
  const steps: unknown[] = [];
  for await (const { at } of going) steps.push(at);
  expect(steps).toEqual(Array.from({ length: many }, (_, at) => at));
  expect(await going).toMatchObject({ type: 'gone' });
});

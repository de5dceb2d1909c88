// A session that its recording ends: it is over for all that replays it.
import { expect, test, vi } from 'vitest';
import type { TranscriptEvent } from '../../src/base/transcript.ts';
import { json } from '../../src/codec/json.ts';
import type { Route, SessionPort } from '../../src/protocol/protocol.ts';
import { sessionField } from '../../src/protocol/session-field.ts';
import { ReplayBook } from '../../src/replay/replay-book.ts';
import { ReplayConnection } from '../../src/replay/replay-connection.ts';
import { sessionOf } from '../../src/replay/recorded-session.ts';
import { FakeClock } from '../support/clock.ts';

/** Lets what is due in this turn happen. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('after a message that was not recorded as a whole nothing comes, and the next session has the same id', async () => {
  const head = { s: 'x1', id: 's1', t: 0, line: 2, inRun: 1, pool: 'shop', test: 'adds' };
  const lines: TranscriptEvent[] = [
    { e: 'opened', s: 'x1', t: 1, id: 's1' },
    { e: 'event', s: 'x1', t: 2, m: { is: 1 } },
    { e: 'event', s: 'x1', t: 3, m: { $lost: 'a message of 20000000 bytes' } },
    { e: 'event', s: 'x1', t: 4, m: { is: 3 } },
    { e: 'closed', s: 'x1', t: 5 },
  ];
  const recorded = sessionOf(
    head,
    lines.map((line, at) => [line, at + 3]),
  );
  let reads = 0;
  const load = () => (reads++, recorded);
  const recordings = [{ head, load }];
  const book = new ReplayBook({ pool: 'shop', place: 'shop.jsonl', recordings, relative: (file) => file });
  const replay = new ReplayConnection({ book, protocol: sessionField({}), format: json, clock: new FakeClock() });
  const routes: Route[] = [];
  replay.start({ frame: (frame) => void routes.push(replay.protocol.route(frame)), closed: () => {} });
  for (const run of [1, 2]) {
    const id = replay.begin('s9', { test: 'adds' }, undefined);
    expect(id).toBe('s1');
    const opened = await replay.protocol.open?.({ freshId: id } as SessionPort);
    await vi.waitFor(() => expect(routes).toHaveLength(2));
    // What must not come would come now.
    await turn();
    expect(routes.splice(0)).toMatchObject([
      { as: 'event', to: 's1' },
      { as: 'lost', to: 's1', gone: true, refusal: { error: { code: 'NOT_RECORDED' } } },
    ]);
    // Its messages are forgotten with it.
    expect(reads).toBe(run);
    // It is over already.
    await opened?.close?.({} as never);
    book.countAnew();
  }
});

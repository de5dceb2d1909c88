// What a test that fails has asked for, and has not got: in its evidence.
import { expect, test } from 'vitest';
import { Owner } from '../../src/client/owner.ts';
import { evidenceText } from '../../src/client/report.ts';
import { noop } from '../../src/base/noop.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

test('requests without a reply and waits for an event, not those that have ended', async () => {
  const served = await serve({ echoes: program('answers-late') });
  const client = served.connect();
  const owner = new Owner({ path: ['file', 'test'], holder: {}, connect: () => client });
  const session = await owner.session('echoes');
  const answered = session.request({ type: 'query', value: 'answered' });
  session.send({ type: 'now' });
  await answered;
  void session.request({ type: 'query', value: 'unanswered' }).catch(noop);
  const event = session.event(({ type }) => type === 'never').catch(noop);
  const ended = new AbortController();
  const aborted = session.event(() => false, { signal: ended.signal }).catch(noop);
  ended.abort();
  await aborted;
  const { pending = [] } = (await owner.evidence())[0] ?? {};
  expect(pending).toEqual([
    expect.stringMatching(
      /^→ \{type: "query", value: "unanswered".*\}, sent \d+ ms ago, at .*pending\.test\.ts:17:\d+$/,
    ),
    expect.stringMatching(/^an event, waited for \d+ ms, at .*pending\.test\.ts:18:\d+$/),
  ]);
  const text = evidenceText(await owner.evidence());
  expect(text).toMatch(
    /last messages:\n[^]*\nstill pending:\n {2}│ → \{type: "query"[^\n]*\n {2}│ an event, waited for/,
  );
  await owner.end();
  await event;
});

test('of a test that has had many sessions the newest are shown, and how many others there were', async () => {
  const served = await serve({ echoes: program('answers-late', { maxSessions: 64 }) });
  const client = served.connect();
  const owner = new Owner({ path: ['file', 'test'], holder: {}, connect: () => client });
  const ids: string[] = [];
  while (ids.length < 34) ids.push((await owner.register('echoes')).id);
  const found = await owner.evidence();
  expect(found[0]).toMatchObject({ session: '', messages: ['2 earlier sessions of the same test are not shown'] });
  expect(found.map(({ session }) => session)).toEqual(['', ...ids.slice(2)]);
  await owner.end();
});

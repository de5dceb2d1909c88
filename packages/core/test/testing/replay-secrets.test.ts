// What is a secret when a recording is replayed need not be what was one when it was recorded.
import { afterEach, expect, test } from 'vitest';
import { forgetRedaction, redactFor, type RedactRules } from '../../src/base/redact.ts';
import { replay } from '../../src/testing/replay.ts';
import { failure } from '../support/failure.ts';
import { transcriptText, writeTranscript } from '../support/transcripts.ts';

const config = {};
afterEach(() => forgetRedaction(config));

/** Sends `now` to a pool where `recorded` was sent, with `params`. */
async function sends(recorded: object, now: Readonly<Record<string, unknown>>, rules: RedactRules): Promise<unknown> {
  redactFor(config, rules);
  using written = writeTranscript(
    transcriptText([
      { e: 'open', pool: 'shop', params: { as: recorded as never } },
      { e: 'opened', id: 's1' },
      { e: 'request', n: 1, m: { type: 'log in', as: recorded as never } },
      { e: 'reply', n: 1, m: { type: 'welcome' } },
      { e: 'closed' },
    ]),
  );
  await using pool = await replay(written.file);
  await using session = await pool.register({ params: { as: now } });
  return await session.request({ type: 'log in', as: now });
}

const clear = { name: 'ann', iban: 'DE12', password: 'letmein', url: 'https://ann:pw@a.test' };
const hidden = { name: 'ann', iban: 'DE12', password: '[redacted]', url: 'https://ann:[redacted]@a.test' };

test.each([
  ['more is a secret now', hidden, { keys: ['iban'] }],
  ['nothing is a secret now', hidden, false],
  ['nothing was a secret then', clear, {}],
  ['nothing was, and nothing is', clear, false],
] as const)('where %s, the same message is that which was recorded', async (_, recorded, rules) => {
  expect(await sends(recorded, clear, rules)).toMatchObject({ type: 'welcome' });
});

test('another message is not', async () => {
  const { message } = await failure(sends(hidden, { ...clear, iban: 'DE13' }, {}), 'NOT_RECORDED');
  expect(message).toContain('params.as.iban: recorded "DE12", now "DE13"');
});

// Secrets that a test sends, or its child prints, are in no evidence of it, and reach the child as they are.
import { afterEach, expect, test } from 'vitest';
import { forgetRedaction, redactFor } from '../../src/base/redact.ts';
import { Owner } from '../../src/client/owner.ts';
import { evidenceText } from '../../src/client/report.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

const secret = 'h7Rk2pQ9x';
const config = {};
afterEach(() => forgetRedaction(config));

const pools = { echoes: program('echo'), dying: program('logs --silent') };

async function failing(
  pool: keyof typeof pools,
): Promise<{ owner: Owner; session: Awaited<ReturnType<Owner['session']>> }> {
  const served = await serve(pools);
  const client = served.connect();
  const owner = new Owner({ path: ['file', 'test'], holder: {}, connect: () => client });
  return { owner, session: await owner.session(pool) };
}

test('messages of a failing test', async () => {
  const { owner, session } = await failing('echoes');
  const sent = { type: 'echo', text: 'shown', user: { password: secret }, args: ['--token', secret] };
  expect(JSON.stringify(await session.request(sent))).toContain(secret);
  const text = evidenceText(await owner.evidence());
  expect(text).toContain('text: "shown", user: {password: [redacted]}, args: ["--token", [redacted]]');
  expect(text).not.toContain(secret);
  redactFor(config, false);
  expect(evidenceText(await owner.evidence())).toContain(`password: "${secret}"`);
});

test('a message is shown as it was sent: without what the encoding has left out, and not as it has become', async () => {
  const { owner, session } = await failing('echoes');
  const sent = { type: 'echo', gone: undefined, kept: null, value: 'before' };
  await session.request(sent);
  sent.value = 'after';
  const [shown] = (await owner.evidence())[0]?.messages ?? [];
  expect(shown).toMatch(/^→ \{.*kept: null, value: "before"/);
  expect(shown).not.toContain('gone');
});

test('the error of a child that has died, and what it has printed', async () => {
  const { owner, session } = await failing('dying');
  const text = `DATABASE_URL=postgres://app:${secret}@db/x\npassword: ${secret}\nlast words`;
  await session.request({ type: 'log', text });
  const error = await failure(session.request({ type: 'die', secret }), 'CHILD_EXITED');
  const shown = `${error.message}\n${JSON.stringify(error.evidence)}${evidenceText(await owner.evidence())}`;
  expect(shown).toContain('last words');
  expect(shown).toContain('postgres://app:[redacted]@db/x');
  expect(shown).not.toContain(secret);
});

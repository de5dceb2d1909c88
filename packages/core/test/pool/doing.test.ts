// Of a request that has no answer it is said whether the process of the child computes, waits, or was stopped.
import { expect, test } from 'vitest';
import type { CarpoolError } from '../../src/base/errors.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { program, programProtocol } from '../support/pools.ts';

/** Milliseconds, in which also a busy machine has the child read the request. */
const timeout = 1_000;

/** What a request fails with that has no answer. @param before is told the pid of the child */
async function unanswered(
  name: string,
  message: Readonly<Record<string, unknown>>,
  before: (pid: number) => unknown = () => {},
): Promise<CarpoolError> {
  const served = await serve({ echoes: program(name, { closeTimeout: 100 }) });
  const session = await (await served.connect()).register('echoes');
  await session.request({ type: 'echo' });
  before(served.pool().stats().pids[0] ?? Number.NaN);
  return await failure(session.request(message, { timeout }), 'REQUEST_TIMEOUT');
}

test('a child in an endless loop computes', async () => {
  const { evidence, message } = await unanswered('blocks', { type: 'block' });
  expect(evidence.activity).toMatch(/^the process of the child computes without a pause, as in an endless loop/);
  expect(message).toContain(`\n  ${evidence.activity}\n`);
});

test('one that does not know the message is idle', async () => {
  const { evidence } = await unanswered('never-confirms', { type: 'reset' });
  expect(evidence.activity).toMatch(/^the process of the child is idle, it waits for something/);
});

test('one that may still be starting is not said to be idle: it has sent nothing so far', async () => {
  const { hello: _, ...protocol } = programProtocol;
  const served = await serve({ echoes: program('never-hello', { closeTimeout: 100, protocol }) });
  const session = await (await served.connect()).register('echoes');
  const { evidence, message } = await failure(session.request({ type: 'echo' }, { timeout }), 'REQUEST_TIMEOUT');
  expect(evidence.activity).toMatch(
    /^the child was started \d+\.\d s ago, and has sent no message so far; a `hello` in its protocol makes sessions wait for its start/,
  );
  expect(message).toContain(`\n  ${evidence.activity}\n`);
});

test('one that was stopped is said to be', async () => {
  const stop = (pid: number): unknown => process.kill(pid, 'SIGSTOP');
  const { evidence } = await unanswered('never-confirms', { type: 'ask' }, stop);
  expect(evidence.activity).toMatch(/^the process of the child is stopped, by a signal or a debugger/);
});

test('of a session whose calls were all answered, nothing is said', async () => {
  const served = await serve({ echoes: program('blocks', {}) });
  const session = await (await served.connect()).register('echoes');
  await session.request({ type: 'who' });
  expect((await session.evidence()).activity).toBeUndefined();
});

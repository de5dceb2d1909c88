// With `evidence: false` no message is kept: not in the test process, and not in the host of the run.
import { afterEach, expect, test, vi } from 'vitest';
import { useEvidence } from '../../src/base/evidence-option.ts';
import { Owner } from '../../src/client/owner.ts';
import { connectProvided } from '../../src/client/provided.ts';
import { RunHost, type CarpoolOptions } from '../../src/main-process/run-host.ts';
import { failure } from '../support/failure.ts';
import { closing, place, program } from '../support/pools.ts';

const known = { runner: 'a test', version: '1.2.3' };
const worker = { ...known, adapter: '@carpool/test', remedy: 'add it' };
const marker = 'something that was said';

afterEach(() => {
  useEvidence(undefined);
  vi.unstubAllEnvs();
});

/** All that errors of two sessions, and the evidence of their test, say: a reply that does not come, and the death of the child. */
async function saidWith(options: Pick<CarpoolOptions, 'evidence'>): Promise<string> {
  vi.stubEnv('TMPDIR', place().path);
  const pools = { echoes: program('exits-on-request', { requestTimeout: 200 }) };
  const host = new RunHost({ root: place().path, pools, ...known, ...options });
  closing({ close: () => host.stop() });
  await host.runStarted();
  const connect = (pool: string | false) => connectProvided(host.provided, worker, pool);
  const owner = new Owner({ path: ['file', 'test'], holder: { test: 'a test' }, connect });
  const [first, second] = [await owner.register('echoes'), await owner.register('echoes')];
  second.send({ type: 'probe', text: marker });
  const late = await failure(first.request({ type: 'probe' }), 'REQUEST_TIMEOUT');
  await first.request({ type: 'echo', text: marker });
  const found = await owner.evidence();
  const dead = await failure(second.request({ type: 'die', code: 3 }), 'CHILD_EXITED');
  const closed = (await first.closed).error;
  const errors = [late, dead, closed].map((error) => [error?.message, error?.evidence, String(error?.cause)]);
  return JSON.stringify({ errors, found: [found, await owner.evidence()] });
}

test('no error and no evidence has a message', async () => {
  expect(await saidWith({ evidence: false })).not.toContain(marker);
});

test('else they have', async () => {
  expect(await saidWith({})).toContain(marker);
});

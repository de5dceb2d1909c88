// Runs that begin and end on one host: what workers learn about them, and which workers are reloaded.
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import type { HostClient } from '../../src/client/client.ts';
import { connectProvided } from '../../src/client/provided.ts';
import { RunHost } from '../../src/main-process/run-host.ts';
import { registerSharedWorker } from '../../src/test-api/shared-worker/register.ts';
import { failure } from '../support/failure.ts';
import { closing, place, until } from '../support/pools.ts';
import { ask, host, open } from './support.ts';

afterEach(() => vi.unstubAllEnvs());

/** Writes a worker that answers with a word from another file, and reports its teardown. */
function writeWorker(word: string): { readonly url: URL; readonly log: string } {
  const [file, dependency, log] = ['worker.mjs', 'word.mjs', 'log'].map((name) => join(place().path, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(dependency, `export const word = ${JSON.stringify(word)};`);
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs';
    import { word } from './word.mjs';
    export default async ({ negotiateProtocol }) => {
      const main = negotiateProtocol(['ava-4']).ready();
      main.teardown(() => appendFileSync(${JSON.stringify(log)}, 'torn down: ' + word + '\\n'));
      for await (const message of main.subscribe()) {
        if (message.data === 'crash') throw new Error('crashed');
        message.reply(word);
      }
    };`,
  );
  return { url: pathToFileURL(file), log };
}

test('a worker learns of the run it was started in, of re-runs and of their ends', async () => {
  const started = await host();
  const { use } = await open(started);
  const shared = await use('obedient.mjs');
  const file = join(place().path, 'runs');
  const heard = (): string[] => readFileSync(file, 'utf8').trim().split('\n');
  expect(await ask(shared, { do: 'runs', file })).toBe('listening');
  await started.runEnded();
  await started.runStarted();
  await started.runEnded();
  await until('it has heard', () => heard().length === 4);
  expect(heard()).toEqual(['start 1', 'end 1', 're-run 2', 'end 2']);
  const other = await use('obedient.mjs#late');
  await started.runStarted();
  const late = join(place().path, 'late');
  other.publish({ do: 'runs', file: late });
  await until('it has heard', () => existsSync(late) && readFileSync(late, 'utf8') === 're-run 3\n');
});

test('an edited worker is loaded again at the next run, after its teardowns; an unchanged one is kept', async () => {
  const started = await host();
  const { url, log } = writeWorker('old');
  const first = await open(started, 'first.test.ts');
  const shared = registerSharedWorker<string>({ filename: url });
  const kept = await first.use('obedient.mjs');
  kept.publish({ do: 'note', note: 'kept' });
  expect(await shared.request('?')).toBe('old');
  await first.end();
  await started.runStarted();
  writeWorker('new');
  utimesSync(join(place().path, 'word.mjs'), 1, 1);
  const meanwhile = await open(started, 'meanwhile.test.ts');
  const same = registerSharedWorker<string>({ filename: url });
  expect(await same.request('?')).toBe('old');
  await meanwhile.end();
  await started.runStarted();
  expect(readFileSync(log, 'utf8')).toBe('torn down: old\n');
  const second = await open(started, 'second.test.ts');
  const again = registerSharedWorker<string>({ filename: url });
  expect(await again.request('?')).toBe('new');
  expect(await ask(await second.use('obedient.mjs'), { do: 'diary' })).toContain('kept');
});

test('a crashed worker is started again at the next run', async () => {
  const started = await host();
  const { url } = writeWorker('fine');
  await open(started, 'first.test.ts');
  const shared = registerSharedWorker<string>({ filename: url });
  await shared.available;
  await failure(shared.request('crash'), 'SHARED_WORKER_FAILED');
  await open(started, 'second.test.ts');
  await failure(registerSharedWorker({ filename: url }).available, 'SHARED_WORKER_FAILED');
  await started.runStarted();
  await open(started, 'third.test.ts');
  expect(await registerSharedWorker<string>({ filename: url }).request('?')).toBe('fine');
});

test('the host of a runner keeps its workers between runs, also without a config', async () => {
  vi.stubEnv('TMPDIR', place().path);
  const runs = new RunHost({ root: place().path, runner: 'a test', version: '1.2.3' });
  closing({ close: () => runs.stop() });
  await runs.runStarted();
  const { provided } = runs;
  const worker = { runner: 'a test', adapter: '@carpool/test', version: '1.2.3', remedy: 'add it' };
  await failure(connectProvided(provided, worker, 'echoes'), 'CONFIG_INVALID');
  const client = (await connectProvided(provided, worker, false)) as HostClient;
  const { use, end } = await open({ address: provided.address ?? '' } as never, 'a.test.ts', client);
  (await use('obedient.mjs')).publish({ do: 'note', note: 'first run' });
  await end();
  await runs.runEnded();
  await runs.runStarted();
  expect(runs.provided).toBe(provided);
  const next = await open({ address: provided.address ?? '' } as never, 'b.test.ts', client);
  expect(await ask(await next.use('obedient.mjs'), { do: 'diary' })).toContain('first run');
  await next.end();
  // A config that was added since is loaded.
  writeFileSync(join(place().path, 'carpool.config.mjs'), 'export default { sharedWorkers: { db: "./db.mjs" } }');
  await runs.runStarted();
  expect(runs.provided).toMatchObject({ pools: [], sharedWorkers: ['db'] });
  expect(runs.provided.problem).toBe(undefined);
  const again = runs.provided;
  await runs.runStarted();
  expect(runs.provided).toBe(again);
});

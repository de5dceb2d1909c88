// The error of a worker that cannot be used says why: its file, how it ended, and what it printed last.
import { describe, expect, test } from 'vitest';
import { registerSharedWorker } from '../../src/test-api/shared-worker/register.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';
import { ask, host, open, workerFile } from './support.ts';

describe('a worker that does not get ready', () => {
  test.each([
    ['throws.mjs', 'crashed: cannot begin', 'at default (file:'],
    ['rejects.mjs', 'crashed: cannot go on', 'rejects.mjs:4'],
    ['no-factory.mjs', 'has no default export that is a function; write `export default', ''],
    ['exits-at-once.mjs', 'exited with code 0', 'no licence'],
    ['gone.mjs', 'cannot be found: there is no such file; correct `filename`', ''],
  ])('%s is reported to the file that requires it: %s', async (name, message, evidence) => {
    const { register, owner } = await open(await host());
    const shared = register(name);
    const early = failure(shared.available, 'SHARED_WORKER_FAILED');
    const error = await failure(owner.ready(), 'SHARED_WORKER_FAILED');
    expect(error.message).toContain(`The shared worker ${workerFile(name).href} `);
    expect(error.message).toContain(message);
    expect(error.message).toContain(evidence);
    expect(error.stack).toContain('support.ts'); // where it was registered
    expect((await early).message).toContain(message);
    const later = await failure(() => shared.publish('x'), 'SHARED_WORKER_FAILED');
    expect(later.message).toBe('The shared worker is no longer available');
    expect(String(later.cause)).toMatch(/The shared worker file:/);
    expect(String(later.cause)).toContain(message);
    expect(shared.currentlyAvailable).toBe(false);
  });

  test('because it negotiates another protocol says which', async () => {
    const { register, owner } = await open(await host());
    register('other-protocol.mjs');
    const error = await failure(owner.ready(), 'SHARED_WORKER_PROTOCOL');
    expect(error.message).toContain('it offers ava-99; ava-4 is supported');
  });

  test.each([
    ['never-ready.mjs', 'waiting for a database that does not come'],
    ['stuck.mjs', ''],
  ])('%s is ended when its time is up', async (name, evidence) => {
    const file = JSON.stringify(workerFile(name).href);
    const started = await host(
      `{ sharedWorkers: { slow: { file: ${file}, readyTimeout: 3_000, teardownTimeout: 200 } } }`,
    );
    const { owner } = await open(started);
    registerSharedWorker({ name: 'slow' });
    const error = await failure(owner.ready(), 'SHARED_WORKER_FAILED');
    expect(error.message).toContain(`${name} was not ready within 3000 ms; it must call`);
    expect(error.message).toContain(evidence);
  });

  test('fails all files that need it, at once, in the same run', async () => {
    const started = await host();
    const first = await open(started, 'first.test.ts');
    first.register('throws.mjs');
    await failure(first.owner.ready(), 'SHARED_WORKER_FAILED');
    const second = await open(started, 'second.test.ts');
    second.register('throws.mjs');
    second.register('obedient.mjs');
    expect((await failure(second.owner.ready(), 'SHARED_WORKER_FAILED')).message).toContain('cannot begin');
    expect(await second.owner.evidence()).toMatchObject([
      {
        pool: `shared worker ${workerFile('throws.mjs').href}`,
        session: '',
        stderr: expect.stringContaining('at default'),
      },
    ]);
  });
});

describe('a worker that is gone', () => {
  test.each([
    [{ do: 'exit', code: 0 }, 'exited with code 0', 'on its way out'],
    [{ do: 'exit', code: 7 }, 'exited with code 7', 'on its way out'],
    [{ do: 'throw' }, 'crashed: thrown on purpose', 'TypeError: thrown on purpose'],
    [{ do: 'reject' }, 'crashed: rejected on purpose', 'RangeError: rejected on purpose'],
    [{ do: 'fail' }, 'crashed: the factory failed on purpose', 'obedient.mjs'],
  ])('by %j is reported to all its users', async (command, text, evidence) => {
    const started = await host();
    const { use, owner } = await open(started);
    const shared = await use('obedient.mjs');
    const [plain, published] = [shared.subscribe(), shared.publish({ do: 'ignore' })];
    const waiting = [
      failure(plain.next(), 'SHARED_WORKER_FAILED'),
      failure(published.replies().next(), 'SHARED_WORKER_FAILED'),
    ];
    const asking = failure(shared.request({ do: 'ignore' }), 'SHARED_WORKER_FAILED');
    shared.publish(command);
    expect((await asking).message).toMatch(/^The shared worker is no longer available: file:.*/);
    expect((await asking).message).toContain(evidence);
    for (const failed of waiting) {
      const { message, cause } = await failed;
      // Exactly AVA's: tests and plugins compare it.
      expect(message).toBe('The shared worker is no longer available');
      const why = (cause as Error).message;
      expect(why).toMatch(/^The shared worker file:.*obedient\.mjs /);
      expect(why).toContain(text);
      expect(why).toContain(evidence);
    }
    expect((await asking).stack).toContain('failures.test.ts');
    expect(await plain.next()).toEqual({ done: true, value: undefined });
    await failure(shared.subscribe().next(), 'SHARED_WORKER_FAILED');
    await failure(() => shared.publish('x'), 'SHARED_WORKER_FAILED');
    const [found] = await owner.evidence();
    expect(found?.messages?.[0]).toContain(text);
    expect(found?.stderr).toContain(evidence);
    // The others are not affected.
    const other = await open(started, 'other.test.ts');
    expect(await ask(await other.use('echo.mjs'), 'fine')).toBe('fine');
  });

  test.each([
    [{ do: 'throw' }, ['crashed: thrown on purpose']],
    [{ do: 'exit', code: 7 }, ['exited with code 7']],
    [{ do: 'exit', code: 0 }, []],
  ])('by %j is in the summary of the run, unless it ended willingly', async (command, crashes) => {
    const started = await host();
    const { use, end } = await open(started);
    const shared = await use('obedient.mjs');
    shared.publish(command);
    await failure(shared.subscribe().next(), 'SHARED_WORKER_FAILED');
    await end();
    const expected = crashes.map((how) => ({ message: expect.stringContaining(how) }));
    expect((await started.summary()).crashes).toMatchObject(expected);
    await started.runStarted();
    expect((await started.summary()).crashes).toEqual([]);
  });

  test('with messages that were not read lets those be read first', async () => {
    const { use } = await open(await host());
    const shared = await use('obedient.mjs');
    const messages = shared.subscribe();
    const next = messages.next();
    for (const data of [1, 2, 3]) shared.publish({ do: 'publish', data });
    shared.publish({ do: 'exit', code: 0 });
    expect((await next).value?.data).toBe(1);
    await failure(shared.request({ do: 'ignore' }), 'SHARED_WORKER_FAILED');
    expect([await messages.next(), await messages.next()].map(({ value }) => value?.data)).toEqual([2, 3]);
    await failure(messages.next(), 'SHARED_WORKER_FAILED');
  });
});

test('a worker whose thread is busy for ever fails the next file within its deadline', async () => {
  const file = JSON.stringify(workerFile('stops-answering.mjs').href);
  const options = `{ file: ${file}, readyTimeout: 5_000, teardownTimeout: 100 }`;
  const started = await host(`{ sharedWorkers: { busy: ${options} } }`);
  const { use } = await open(started);
  expect(await ask(await use('stops-answering.mjs'), 'go')).toBe('from now on');
  const next = await open(started, 'next.test.ts');
  next.register('stops-answering.mjs');
  const error = await failure(next.owner.ready(), 'SHARED_WORKER_FAILED');
  expect(error.message).toMatch(
    /stops-answering\.mjs: it did not answer within \d+ ms; something keeps its thread busy/,
  );
  // The end of the host waits for the deadline of the teardown alone, not for the worker.
  await started.stop();
});

test('what a worker posts on the port of its thread is ignored', async () => {
  const { use } = await open(await host());
  expect(await ask(await use('posts-nonsense.mjs'), 'fine')).toBe('fine');
});

test('a host that was killed is reported as gone', async () => {
  const started = await host();
  const { use } = await open(started);
  const shared = await use('obedient.mjs');
  const next = failure(shared.subscribe().next(), 'SHARED_WORKER_FAILED');
  process.kill(started.pid!, 'SIGKILL');
  expect(String((await next).cause)).toContain('has ended');
  await started.exited;
  // The next host removes its folder.
  const second = await host();
  const { use: useThere } = await open(second, 'next.test.ts');
  expect(await ask(await useThere('echo.mjs'), place().path)).toBe(place().path);
});

test('without an adapter and without a host the error is one sentence', async () => {
  const { currentTestSlot } = await import('../../src/test-api/current-test.ts');
  currentTestSlot().currentTest = undefined;
  const shared = registerSharedWorker({ filename: workerFile('echo.mjs') });
  const error = await failure(shared.available, 'HUB_UNREACHABLE');
  expect(error.message).toContain('no adapter of Carpool runs this file; add `plugins: [carpool()]`');
  expect(error.stack).toContain('failures.test.ts');
  await failure(() => shared.publish('x'), 'HUB_UNREACHABLE');
});

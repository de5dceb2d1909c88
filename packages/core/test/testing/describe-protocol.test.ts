// The conformance suite, on processes that keep their promises, and on some that do not.
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { server } from '../../src/config/define-server.ts';
import type { AnyMessages, Messages } from '../../src/protocol/protocol.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import { census } from '../../src/testing/census.ts';
import { describeProtocol, type DescribeProtocolOptions } from '../../src/testing/describe-protocol.ts';
import { model, runnable } from '../support/models.ts';
import { place, program } from '../support/pools.ts';

describe('processes that are written with `carpool/child`', () => {
  const declare: (title: string, body: () => Promise<void>, timeout: number) => void = test;
  // The rest is the same for both.
  const forks = /confirms|seen by|used again|killed|hangs/;
  for (const line of runnable(['node', 'python --fork --msgpack'])) {
    const only = line === 'node' ? /./ : forks;
    describeProtocol({
      // Without the context, so that a finding is no skipped test.
      test: (title, body, timeout) => only.test(title) && declare(title, () => body(), timeout),
      name: line,
      ...model(line, { env: {} }),
      ask: async (session) => ((await session.request({ type: 'total' })) as { value: unknown }).value,
      change: (session) => session.send({ type: 'add', value: 2 }),
      async large(session, bytes) {
        const value = 'x'.repeat(bytes);
        return ((await session.request({ type: 'echo', value })) as { value: unknown }).value === value;
      },
      slow: (session, signal) => session.request({ type: 'hang' }, { signal }),
      report(finding) {
        throw new Error(`not expected: ${finding}`);
      },
    });
  }
});

/** What the suite finds: by title what failed, and what is not done. */
async function outcomes<M extends Messages = AnyMessages>(
  options: Omit<DescribeProtocolOptions<M>, 'test' | 'report' | 'name'>,
  only: RegExp,
): Promise<string[]> {
  const found: string[] = [];
  const tests: (() => Promise<void>)[] = [];
  describeProtocol<M>({
    ...options,
    name: 'it',
    report: (finding) => void found.push(finding),
    test: (title, body) =>
      only.test(title) &&
      tests.push(() => body().catch((thrown: unknown) => void found.push(`${title}: ${String(thrown)}`))),
  });
  for (const run of tests) await run();
  return found;
}

const script = (name: string): string => fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));

test('what a process does not do is a sentence each, and no failure', async () => {
  const bare = { command: process.execPath, args: [script('echo')], env: { TMPDIR: place().path } };
  const found = await outcomes(bare, /confirms|seen by|given up|64 KiB|hangs|garbage/);
  expect(found).toEqual([
    expect.stringMatching(/^it does not confirm the end of a session: its slot is free as soon as the message is sent/),
    expect.stringMatching(/^it was not looked at: give `ask`, and `change`/),
    expect.stringMatching(/^it is not told that a request was given up: .*`cancel`$/),
    expect.stringMatching(/^it was not looked at: give `large`/),
    expect.stringMatching(/^it does not confirm the end of a session: a process that hangs is noticed only by/),
  ]);
});

test('a process that mixes up its sessions, and one whose slots remember, fail', async () => {
  const leaks = `
    let total = 0;
    require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { session, id, type } = JSON.parse(line);
      if (type === 'add') total += 1;
      console.log(JSON.stringify({ session, id, value: total, ...(type === 'reset' && { type: 'closed' }) }));
    });`;
  const found = await outcomes(
    {
      command: process.execPath,
      args: ['-e', leaks],
      env: { TMPDIR: place().path },
      protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } },
      ask: async (session) => ((await session.request({ type: 'total' })) as { value: unknown }).value,
      change: (session) => session.request({ type: 'add' }),
    },
    /seen by|slot|interleave|end of a session/,
  );
  expect(found).toEqual([
    expect.stringMatching(
      /not seen by another: Error: A session, after another one has changed, is answered 1; expected is 0$/,
    ),
    expect.stringMatching(
      /used again.*: Error: A fresh session, after one that has changed, is answered 1; expected is 0$/,
    ),
    expect.stringMatching(/interleave.*: Error: Session \d of 8 is answered 1; expected is 0$/),
  ]);
});

test('where the runner can say so, a test of what is not done is skipped with the reason', async () => {
  const skipped: unknown[] = [];
  const context = Object.assign(() => {}, { skip: (reason: unknown) => skipped.push(reason) });
  const run: Promise<void>[] = [];
  describeProtocol({
    ...program('echo'),
    report: () => {},
    test: (title, body) => title.includes('64 KiB') && run.push(body(context)),
  });
  await Promise.all(run);
  expect(skipped).toEqual([expect.stringMatching(/^\S*node\S* was not looked at: give `large`/)]);
});

test('a process that ignores the end of its input is reported', async () => {
  const found = await outcomes({ ...program('ignores-end-of-input') }, /its input ends/);
  expect(found).toEqual([expect.stringMatching(/^it does not end when its input ends: it is ended by a signal/)]);
});

interface Counted {
  /** Starts of the process. */
  readonly starts: number;
  /** How many ran at a time, at most. */
  readonly most: number;
}

/** A program that says, in a folder, when it runs. */
async function counted(
  line: string,
  options: Partial<Omit<DescribeProtocolOptions, 'test' | 'report' | 'name'>> = {},
): Promise<Counted & { readonly found: readonly string[] }> {
  const [name = '', ...flags] = line.split(' ');
  let [starts, most] = [0, 0];
  const command = (): { readonly command: string; readonly args: readonly string[] } => {
    starts += 1;
    // What was started before and has not ended. This one is yet to come.
    most = Math.max(most, census(place().path).pids.length + 1);
    return { command: process.execPath, args: [script(name), '--hello', ...flags] };
  };
  const found = await outcomes({ ...program('echo'), ...options, command }, /./);
  return { starts, most, found };
}

const talking: Partial<Omit<DescribeProtocolOptions, 'test' | 'report' | 'name'>> = {
  ask: async (session) => ((await session.request({ type: 'total' })) as { type: unknown }).type,
  async large(session, bytes) {
    const value = 'x'.repeat(bytes);
    return ((await session.request({ type: 'echo', value })) as { echo: { value: unknown } }).echo.value === value;
  },
};

const unlooked = [
  'it was not looked at: give `ask`, and `change`, which changes what `ask` is answered',
  'it was not looked at: give `ask`, and `change`, which changes what `ask` is answered',
  expect.stringMatching(/^it is not told that a request was given up/),
];

test('seven starts for everything, four at a time; with `oneAtATime` never two', async () => {
  const { most, ...rest } = await counted('echo', talking);
  expect(rest).toEqual({ starts: 7, found: unlooked });
  expect([2, 3, 4]).toContain(most);
  expect(await counted('echo', { ...talking, oneAtATime: true })).toEqual({ starts: 7, most: 1, found: unlooked });
});

test('a process that starts slowly is waited for, also where it says nothing when it has started', async () => {
  // Longer than it may take to end.
  const slowly = 'slow-start --delay=5500';
  const { found } = await counted(slowly, talking);
  expect(found).toEqual(unlooked);
}, 120_000);

test('a process that does not start is tried once for each group of tests, and they say so', async () => {
  const { starts, found } = await counted('dies-at-once');
  expect(starts).toBe(3);
  expect(found.filter((line) => line.includes(': CarpoolError [CHILD_EXITED]: '))).toHaveLength(5);
  expect(found).toContain('it was not looked at: the process does not start');
});

test('a function that waits for what does not come fails with its name, and the rest is looked at', async () => {
  const { promise: never } = Promise.withResolvers<boolean>();
  const found = await outcomes(
    { ...program('echo'), requestTimeout: 200, large: async () => await never },
    /64|confirms/,
  );
  expect(found).toEqual([
    expect.stringMatching(/64 KiB.*: Error: `large` was not over after 5200 ms, `requestTimeout` and/),
  ]);
});

test('a retry looks again', async () => {
  const bodies: (() => Promise<void>)[] = [];
  let changes = false;
  describeProtocol({
    ...program('echo'),
    ask: () => (changes ? Math.random() : 1),
    test: (title, body) => title.includes('interleave') && bodies.push(() => body()),
    report: () => {},
  });
  const [body] = bodies as [() => Promise<void>];
  changes = true;
  await expect(body()).rejects.toThrow('is answered');
  changes = false;
  await body();
});

test('the runner gets a time-out that the deadlines of the pool allow', async () => {
  const given = (options: Partial<PoolOptions>): unknown => {
    const timeouts = new Set<number>();
    describeProtocol({ ...program('echo', options), test: (_, __, timeout) => timeouts.add(timeout) });
    return [...timeouts];
  };
  expect(given({ stopTimeout: 1_000, closeTimeout: 1_000 })).toEqual([5 * (30_000 + 10_000 + 30_000 + 1_000 + 4_000)]);
  expect(given({ requestTimeout: Number.POSITIVE_INFINITY })).toEqual([2 ** 31 - 1]);
});

test('Vitest, as it is, does not give up a process that starts in 3 s', () => {
  const folder = place().path;
  const core = fileURLToPath(new URL('../../', import.meta.url));
  symlinkSync(join(core, 'node_modules'), join(folder, 'node_modules'));
  const options = { ...program('slow-start --delay=3000'), name: 'slow' };
  const file = `import { test } from 'vitest';
    import { describeProtocol } from ${JSON.stringify(join(core, 'src/entry/testing.ts'))};
    describeProtocol({ test, report() {}, ...${JSON.stringify(options)} });`;
  writeFileSync(join(folder, 'slow.test.mjs'), file);
  const vitest = join(core, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--reporter=json', '--outputFile=out.json'];
  spawnSync(process.execPath, args, { cwd: folder, stdio: 'inherit' });
  const report = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as Readonly<Record<string, number>>;
  const { numPassedTests, numFailedTests, numPendingTests } = report;
  expect({ numPassedTests, numFailedTests, numPendingTests }).toEqual({
    numPassedTests: 6,
    numFailedTests: 0,
    numPendingTests: 5,
  });
}, 120_000);

test('`warm` of the pool that is described is left out, as its sizes are', async () => {
  const found = await outcomes({ ...program('echo'), maxSessions: 6, warm: 2 }, /one after the other/);
  expect(found).toEqual([]);
});

test('a server is sent no garbage on stdin, and `ready` is its probe', async () => {
  const source = `require('node:http').createServer((_, res) => res.end()).listen(+process.argv[1], '127.0.0.1')`;
  const app = server({
    command: process.execPath,
    args: ['-e', source, '{port}'],
    async close({ url }, _, { signal }) {
      await fetch(url, { signal });
    },
  });
  expect(await outcomes(app, /garbage|hangs/)).toEqual(['it was not looked at: a server takes no messages on stdin']);
});

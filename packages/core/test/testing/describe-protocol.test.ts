// The conformance suite, on processes that keep their promises, and on some that do not.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { server } from '../../src/config/define-server.ts';
import type { AnyMessages, Messages } from '../../src/protocol/protocol.ts';
import { describeProtocol, type DescribeProtocolOptions } from '../../src/testing/describe-protocol.ts';
import { model, runnable } from '../support/models.ts';
import { place, program } from '../support/pools.ts';

describe('processes that are written with `carpool/child`', () => {
  const declare: (title: string, body: () => Promise<void>) => void = test;
  // The rest is the same for both.
  const forks = /confirms|seen by|used again|killed|hangs/;
  for (const line of runnable(['node', 'python --fork --msgpack'])) {
    const only = line === 'node' ? /./ : forks;
    describeProtocol({
      // Without the context, so that a finding is no skipped test.
      test: (title, body) => only.test(title) && declare(title, () => body()),
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

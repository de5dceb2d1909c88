// What a test leaves behind in its sessions: a failure of it or its file, a warning at the end of the run, or nothing.
import { expect, onTestFinished, test, vi } from 'vitest';
import { isCarpoolError } from '../../src/base/errors.ts';
import { noop } from '../../src/base/noop.ts';
import { FileOwner } from '../../src/client/file-owner.ts';
import { Owner } from '../../src/client/owner.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import type { Session } from '../../src/session/types.ts';
import { currentTestSlot, openFile } from '../../src/test-api/current-test.ts';
import { serve } from '../support/hubs.ts';
import { program } from '../support/pools.ts';

interface World {
  readonly file: FileOwner;
  readonly owner: Owner;
  readonly session: Session;
  warnings(): readonly string[];
  /** Another test of the file. */
  another(name: string): Owner;
}

async function world(leaks: PoolOptions['leaks'], line = 'steps', more: Partial<PoolOptions> = {}): Promise<World> {
  const { hub, ...served } = await serve({ echoes: program(line, { leaks, ...more }) });
  const client = served.connect();
  const connect = () => client;
  const file = new FileOwner({ path: ['a.test.ts'], holder: { file: 'a.test.ts' }, connect });
  const another = (name: string): Owner => {
    const holder = { test: name, file: 'a.test.ts' };
    return new Owner({ path: ['a.test.ts', name], holder, connect, outer: file });
  };
  const owner = another('leaves it');
  const session = await owner.register('echoes');
  return { file, owner, session, another, warnings: () => hub.leaks.summary()?.first ?? [] };
}

/** What the end of an owner brought. */
const failuresOf = (owner: Owner): readonly string[] =>
  owner.failures.map((thrown) => (isCarpoolError(thrown) ? `${thrown.code} ${thrown.message}` : String(thrown)));

/** Begins it. */
function loopOver(session: Session): Promise<void> {
  const looping = (async () => {
    for await (const event of session.events()) if (event === undefined) return;
  })();
  return looping;
}

test('a loop that still waits for events fails its test, at its line', async () => {
  const { owner, session, warnings } = await world('fail');
  const looping = loopOver(session);
  await owner.end({ passed: true });
  expect(failuresOf(owner)).toEqual([
    `SESSION_LEAKED The test has left behind a loop that waits for events of session ${session.id} of pool "echoes": leave the loop, or end its session (\`await using\`), before the test ends`,
  ]);
  expect((owner.failures[0] as Error).stack).toMatch(/leaks\.test\.ts:\d+:\d+/);
  await looping;
  expect(warnings()).toEqual([]);
});

test('by default it is a warning that names the test and the line', async () => {
  const { file, owner, session, warnings } = await world(undefined);
  const looping = loopOver(session);
  await owner.end({ passed: true });
  await looping;
  await file.end();
  expect([...failuresOf(owner), ...failuresOf(file)]).toEqual([]);
  await expect
    .poll(warnings)
    .toEqual([
      expect.stringMatching(
        /^test "leaves it" \(\S+leaks\.test\.ts:\d+:\d+\): a loop that waits for events of session \w+ of pool "echoes"$/,
      ),
    ]);
});

test.each([
  ['of a test that has failed', 'fail', async ({ session }: World) => ({ looping: loopOver(session), passed: false })],
  ['with `leaks: false`', false, async ({ session }: World) => ({ looping: loopOver(session), passed: true })],
  [
    'whose session the test has ended',
    'fail',
    async ({ session }: World) => {
      const looping = loopOver(session);
      await session.unregister();
      return { looping, passed: true };
    },
  ],
  [
    'that the test has left',
    'fail',
    async ({ session }: World) => {
      session.send({ type: 'say', messages: [{ type: 'news', session: session.id }] });
      for await (const _ of session.events()) break;
      return { looping: Promise.resolve(), passed: true };
    },
  ],
] as const)('a loop is no leak %s', async (_, leaks, leave) => {
  const made = await world(leaks, 'says-on-request');
  const { looping, passed } = await leave(made);
  await made.owner.end({ passed });
  await looping;
  await made.file.end();
  expect([...failuresOf(made.owner), ...failuresOf(made.file), ...made.warnings()]).toEqual([]);
});

async function callAfterTheEnd({ owner, session }: World, passed: boolean): Promise<void> {
  await owner.end({ passed });
  expect(() => session.send({ type: 'now' })).toThrow(/closed because its test has ended/);
  await session.request({ type: 'get' }).catch(noop);
}

test('calls after the end of a test fail its file, with the first of them', async () => {
  const made = await world('fail');
  await callAfterTheEnd(made, true);
  expect(failuresOf(made.owner)).toEqual([]);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  await made.file.end();
  expect(failuresOf(made.file)).toEqual([
    expect.stringMatching(
      /^SESSION_LEAKED A test of this file went on after its end: test "leaves it" \(\S+leaks\.test\.ts:\d+:\d+\): called "now" in session \w+ of pool "echoes" after its end \(and 1 more\); await what it begins$/,
    ),
  ]);
});

test('by default they are warnings, also after the end of the file', async () => {
  const made = await world('warn');
  await callAfterTheEnd(made, true);
  await made.file.end();
  await expect.poll(made.warnings).toHaveLength(2);
  await made.session.request({ type: 'very late' }).catch(noop);
  await expect.poll(made.warnings).toHaveLength(3);
  expect(made.warnings()[2]).toMatch(/called "very late" in session \w+ of pool "echoes" after its end$/);
  expect(failuresOf(made.file)).toEqual([]);
});

test('those of a test that has failed are no leak: a time-out cuts it short, and it runs on', async () => {
  const made = await world('fail');
  await callAfterTheEnd(made, false);
  await made.file.end();
  expect([...failuresOf(made.file), ...made.warnings()]).toEqual([]);
});

test('an end that the child does not confirm fails its test, which waits for it, unless that has failed', async () => {
  const slow = { closeTimeout: 1_000, maxSessions: 8, maxQuarantined: 8 };
  const { owner, session } = await world('fail', 'never-confirms', slow);
  await owner.end({ passed: true });
  expect(failuresOf(owner)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^SESSION_LEAKED The test has left a session behind: the child did not confirm the end of session ${session.id} of pool "echoes", registered at \\S+leaks\\.test\\.ts:\\d+:\\d+, within 1000 ms, \`closeTimeout\` of the pool, though it went on meanwhile\\. Its slot is not used again$`,
      ),
    ),
  ]);
  const failed = await world('fail', 'never-confirms', slow);
  await failed.owner.end({ passed: false });
  expect(failuresOf(failed.owner)).toEqual([]);
  const warned = await world('warn', 'never-confirms', slow);
  await warned.owner.end({ passed: true });
  await warned.file.end();
  expect([...failuresOf(warned.owner), ...failuresOf(warned.file)]).toEqual([]);
});

test('an end that is not confirmed because another test has blocked the child is none of its leaks', async () => {
  // The child is not asked before the ends of its sessions are given up.
  const slow = { closeTimeout: 300, probeTimeout: 60_000, maxSessions: 8, maxQuarantined: 8 };
  const { owner, session, another } = await world('fail', 'blocks', slow);
  const innocent = [another('B'), another('C')];
  for (const other of innocent) await other.register('echoes');
  session.send({ type: 'block' });
  for (const other of innocent) await other.end({ passed: true });
  await owner.end({ passed: true });
  expect([owner, ...innocent].map(failuresOf)).toEqual([[], [], []]);
});

test('a session that a test keeps for another one is a warning, at the other one, and no failure of the file', async () => {
  const { file, owner, session, another, warnings } = await world('fail');
  const slot = currentTestSlot();
  onTestFinished(() => void (slot.currentTest = undefined));
  let current = owner;
  openFile(slot, { file, test: () => current, worker: () => owner, timeLeft: () => Infinity });
  await owner.end({ passed: true });
  current = another('uses it');
  await session.request({ type: 'get' }).catch(noop);
  await current.end({ passed: true });
  await file.end();
  expect([owner, current, file].map(failuresOf)).toEqual([[], [], []]);
  await expect
    .poll(warnings)
    .toEqual([
      expect.stringMatching(
        /^test "uses it" \(\S+leaks\.test\.ts:\d+:\d+\): used a session of test "leaves it": called "get" in session \w+ of pool "echoes" after its end$/,
      ),
    ]);
});

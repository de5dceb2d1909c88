/** What fails on the host of another machine: starts move on, all else says on which machine it was. */
import type { Client, Session } from 'carpool/adapter/test-process';
import { describe, expect, test, vi } from 'vitest';
import {
  begin,
  carpool,
  fault,
  machineOf,
  machines,
  type Machines,
  serving,
  vitest,
  type Checkout,
  type Run,
  type Serving,
} from './support/machines.ts';
import { binary, reason } from './support/servers.ts';

/** As that of all, but where BROKEN says how it fails at its start; and it can print what is no message, and say nothing. */
const program = `import { createInterface } from 'node:readline';
const say = (message) => console.log(JSON.stringify(message));
console.error('no licence on this machine');
if (process.env.BROKEN === 'exits') process.exit(3);
if (process.env.BROKEN?.startsWith('prints')) console.log('a banner');
if (process.env.BROKEN === 'is killed') process.kill(process.pid, 'SIGKILL');
createInterface({ input: process.stdin }).on('line', (line) => {
  const { session, id, type, ...message } = JSON.parse(line);
  if (process.env.BROKEN === 'hangs') return;
  if (type === 'settings') say({ type: 'hello', session: '' });
  else if (type === 'reset') say({ type: 'closed', session });
  else if (type === 'print') console.log('a stray line');
  else if (type !== 'silence') say({ type: 'reply', session, id, ...message, folder: process.cwd(), pid: process.pid });
}).on('close', () => process.exit());
`;

/** "ci-2 (127.0.0.1:7000)" */
const place = String.raw`\S+ \(127\.0\.0\.1:\d+\)`;

/** @param options of the pool */
function checkout(all: Machines, name: string, options: object = {}): Checkout {
  const made = all.checkout(name, 2, program);
  all.configure(made.path, options);
  return made;
}

async function offering(all: Machines, name: string, env: NodeJS.ProcessEnv = {}, options = {}): Promise<Serving> {
  const machine = checkout(all, name, options);
  return await serving({ ...machine, env: { ...machine.env, ...env } });
}

const lines = ({ lines: all }: Serving, wanted: RegExp): string[] => all.filter((line) => wanted.test(line));

/** What is printed to stderr from now on. */
function stderr(): () => string {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => written.mock.calls.map(([text]) => String(text)).join('');
}

/** One on another host: that of the run is full. */
async function there(run: Run, slots: number): Promise<{ readonly worker: Client; readonly session: Session }> {
  const worker = await run.worker();
  const sessions = await Promise.all(
    Array.from({ length: slots + 1 }, (_, n) => worker.register('echoes', { under: ['a.test', `t${n}`] })),
  );
  for (const session of sessions) if ((await machineOf(session)) !== 'a') return { worker, session };
  throw new Error('none is on another host');
}

describe.skipIf(binary === undefined)(`what fails on another host${reason}`, () => {
  test.for([
    ['exits', 'CHILD_EXITED: The child of pool "echoes" exited with code 3, '],
    ['is killed', 'CHILD_EXITED: The child of pool "echoes" was killed by SIGKILL'],
    ['prints what is no message', 'FRAME_MALFORMED: Pool "echoes": The child printed a line'],
  ])(
    'a child that %s at its start: all goes on to other hosts; one line in the run, and one there',
    async ([how, says]) => {
      const all = await machines();
      const strayOutput = 'fail';
      const broken = [];
      for (const name of ['b', 'c']) broken.push(await offering(all, name, { BROKEN: how }, { strayOutput }));
      const printed = stderr();
      const run = await begin(checkout(all, 'a', { strayOutput }));
      const worker = await run.worker();
      const held = await Promise.all([1, 2].map((n) => worker.register('echoes', { under: ['a.test', `held ${n}`] })));
      const served = Array.from({ length: 6 }, async (_, n) => {
        const session = await worker.register('echoes', { under: ['a.test', `t${n}`] });
        const name = await machineOf(session);
        await session.unregister();
        return name;
      });
      // They wait here then.
      const warning = `carpool: no session of "echoes" goes to ${place} for 30 s after a failure there: ${says}`;
      await expect.poll(() => printed().match(new RegExp(warning, 'g')), { timeout: 15_000 }).toHaveLength(2);
      for (const session of held) await session.unregister();
      expect(await Promise.all(served)).toEqual(Array.from({ length: 6 }, () => 'a'));
      expect(printed().match(/carpool: no session of/g)).toHaveLength(2);
      for (const host of broken) {
        const told = lines(host, /Z a child of pool "echoes" has failed: /);
        expect(told).toHaveLength(1);
        expect(told[0]).toContain(says);
        expect(told[0]).toMatch(/; the last line of its stderr: no licence on this machine$/);
      }
    },
  );

  test('a child that is killed, one that does not answer, and a warning say on which machine', async () => {
    const all = await machines();
    const b = await offering(all, 'b');
    const printed = stderr();
    const { worker, session } = await there(await begin(checkout(all, 'a')), 2);
    expect(await fault(session.request({ type: 'silence' }, { timeout: 50 }))).toMatch(
      new RegExp(`^REQUEST_TIMEOUT: On ${place}: No reply to "silence" within 50 ms`),
    );
    session.send({ type: 'print' });
    const { pid } = (await session.request({ type: 'where' })) as { pid: number };
    await expect
      .poll(printed)
      .toMatch(new RegExp(`carpool: on ${place}: pool "echoes": the child printed to its stdout`));
    const waiting = session.request({ type: 'silence' }).catch((error: unknown) => error);
    process.kill(pid, 'SIGKILL');
    const error = await waiting;
    const at = new RegExp(`^On ${place}: Cannot wait for a reply: session \\S+ was closed because its child ended`);
    expect(error).toMatchObject({
      code: 'CHILD_EXITED',
      message: expect.stringMatching(at) as string,
      context: { host: expect.stringMatching(new RegExp(`^${place}$`)) as string },
    });
    expect((await session.closed).error?.message).toMatch(new RegExp(`^On ${place}: The child `));
    expect(await fault(session.request({ type: 'where' }))).toMatch(new RegExp(`^CHILD_EXITED: On ${place}: Cannot `));
    await expect
      .poll(() => lines(b, /has failed: CHILD_EXITED: The child of pool "echoes" was killed by SIGKILL/))
      .toHaveLength(1);
    // One of the run's own host says nothing of a machine.
    await worker.release(['a.test']);
    const own = await worker.register('echoes', { under: ['b.test', 'own'] });
    expect(await machineOf(own)).toBe('a');
    expect(await fault(own.request({ type: 'silence' }, { timeout: 50 }))).toMatch(/^REQUEST_TIMEOUT: No reply to/);
  });

  test(
    'a child that hangs at its start: who waits is told so, and where; a slot that is free meanwhile is taken',
    { timeout: 120_000 },
    async () => {
      const all = await machines();
      const options = { helloTimeout: 100_000 };
      const b = await offering(all, 'b', { BROKEN: 'hangs' }, options);
      const run = await begin(checkout(all, 'a', options));
      const worker = await run.worker();
      const held = await Promise.all([1, 2].map((n) => worker.register('echoes', { under: ['a.test', `held ${n}`] })));
      const waits = worker.register('echoes', { under: ['a.test', 'waits'] });
      await expect.poll(() => carpool(b, 'ps'), { timeout: 40_000 }).toContain('1 of 2 slots in use');
      const failed = worker.register('echoes', { under: ['a.test', 'fails'], timeLeft: () => 4_000 });
      const error = await failed.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'REQUEST_TIMEOUT',
        message: expect.stringMatching(
          new RegExp(
            `^On ${place}: Cannot register a session of "echoes": its child has been starting for [\\d.]+ m?s, and has said no hello so far\\. The call has waited for \\d+ ms, the rest of the time of this test or hook [^]*no licence on this machine`,
          ),
        ) as string,
        context: { phase: 'start', limit: 'test', host: expect.stringMatching(new RegExp(`^${place}$`)) as string },
      });
      await held[0]!.unregister();
      expect(await machineOf(await waits)).toBe('a');
      await expect.poll(() => carpool(b, 'ps'), { timeout: 40_000 }).toContain('0 of 2 slots in use');
    },
  );

  test('a failed assertion says in the title of its evidence on which machine its session was', async () => {
    const all = await machines();
    await offering(all, 'b');
    const file = `
import { existsSync, writeFileSync } from 'node:fs';
import { withPools } from '@carpool/vitest';
const test = withPools();
test('fails', async ({ echoes, expect }) => {
  const { folder } = await echoes.request({ type: 'where' });
  const name = folder.endsWith('a/code') ? 'here' : 'there';
  writeFileSync(name, '');
  await expect.poll(() => existsSync('here') && existsSync('there'), { timeout: 15_000 }).toBe(true);
  expect(name).toBe('nowhere');
});
`;
    const printed = await vitest(checkout(all, 'a'), { 'a.test.mjs': file, 'b.test.mjs': file, 'c.test.mjs': file });
    const titles = printed.match(/── echoes, session .* ──/g) ?? [];
    const [own, , other] = titles.toSorted((one, two) => one.length - two.length);
    expect(own).toMatch(/^── echoes, session \w+ ──$/);
    expect(other).toMatch(new RegExp(`^── echoes, session \\w+, on ${place} ──$`));
  });
});

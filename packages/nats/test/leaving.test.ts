/** A host that offers its pools is taken out of a run: what is open there ends in its time, and all else goes on elsewhere. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Client, Session } from 'carpool/adapter/test-process';
import { describe, expect, test, vi } from 'vitest';
import {
  begin,
  carpool,
  fault,
  machineOf,
  machines,
  serving,
  type Machines,
  type Serving,
} from './support/machines.ts';
import { binary, reason } from './support/servers.ts';

const line = ({ lines }: Serving, wanted: RegExp): string | undefined => lines.find((one) => wanted.test(one));

async function said(host: Serving, wanted: RegExp): Promise<void> {
  await expect.poll(() => line(host, wanted), { timeout: 15_000 }).toBeDefined();
}

/** Answers as that of all, and finds something wrong with what it is told to judge. */
const program = `import { createInterface } from 'node:readline';
const say = (message) => console.log(JSON.stringify(message));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { session, id, type } = JSON.parse(line);
  if (type === 'settings') say({ type: 'hello', session: '' });
  else if (type === 'reset') say({ type: 'closed', session });
  else {
    if (type === 'judge') say({ type: 'diagnostic', session, message: 'a field is missing' });
    say({ type: 'reply', session, id, folder: process.cwd() });
  }
}).on('close', () => process.exit());
`;

const judging = {
  hello: { send: { type: 'settings' }, expect: { type: 'hello' } },
  close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  diagnostics: [{ type: 'diagnostic' }],
};

interface Used {
  readonly all: Machines;
  readonly b: Serving;
  readonly worker: Client;
  /** On the host "b". Each has two slots. */
  readonly there: readonly [Session, Session];
}

/** @param leave as `--leave` of "b" @param options of the pool */
async function used(leave: string, options: object = {}): Promise<Used> {
  const all = await machines();
  const checkouts = [all.checkout('b', 2, program), all.checkout('a', 2, program)] as const;
  for (const { path } of checkouts) all.configure(path, options);
  const b = await serving(checkouts[0], ['--leave', leave]);
  const run = await begin(checkouts[1]);
  const worker = await run.worker();
  const sessions = await Promise.all(
    [0, 1, 2, 3].map((n) => worker.register('echoes', { under: ['a.test', `t${n}`] })),
  );
  const names = await Promise.all(sessions.map(machineOf));
  expect(names.toSorted()).toEqual(['a', 'a', 'b', 'b']);
  const [one, two] = sessions.filter((_, n) => names[n] === 'b');
  return { all, b, worker, there: [one!, two!] };
}

describe.skipIf(binary === undefined)(`a host leaves${reason}`, () => {
  test('what is open there ends in its time, what waits and what comes goes to others, and no test fails', async () => {
    const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const { all, b, worker, there } = await used('60s');
    const exit = once(b.process, 'exit');
    // One waits on each host.
    const waiting = [4, 5].map((n) => worker.register('echoes', { under: ['a.test', `t${n}`] }));
    await expect.poll(() => carpool(b, 'ps'), { timeout: 15_000 }).toContain('2 of 2 slots in use, 1 waits');
    // As a unit of systemd is ended: each of its processes has the signal, and the command passes it on.
    b.process.kill('SIGTERM');
    process.kill(b.pid, 'SIGTERM');
    await said(
      b,
      /Z leaving: 2 sessions of 1 run are open, at most 60 s; a second signal \(Ctrl-C\) ends them at once$/,
    );
    // It is found by no run of its own machine any more.
    const records = readdirSync(String(b.env['TMPDIR']), { recursive: true, encoding: 'utf8' });
    expect(records.filter((name) => /-machine-.*host\.json$/.test(name))).toEqual([]);
    const shown = await carpool(b, 'ps');
    expect(shown).toContain('2 of 2 slots in use\n');
    expect(shown).toMatch(/^ {2}leaving: 2 sessions of 1 run are open, at most \d+ s more$/m);
    await serving(all.checkout('c', 3, program));
    const moved = await Promise.all(waiting);
    expect(await Promise.all(moved.map(machineOf))).toEqual(['c', 'c']);
    const next = await worker.register('echoes', { under: ['a.test', 't6'] });
    expect(await machineOf(next)).toBe('c');
    const [one, two] = there;
    await one.unregister();
    // A slot is free there, and is not given to anybody.
    expect(await fault(worker.register('echoes', { wait: false }))).toMatch(/^POOL_FULL: /);
    expect(await machineOf(two)).toBe('b');
    await two.unregister();
    await expect(exit).resolves.toEqual([0, null]);
    expect(await worker.release(['a.test'])).toBe(0);
    expect([(await one.closed).error, (await two.closed).error]).toEqual([undefined, undefined]);
    expect(line(b, /Z leaving: .* ended now/)).toBeUndefined();
    // The runner is told of waits that take long, and of nothing else.
    const told = printed.mock.calls.map(([text]) => String(text));
    expect(told.filter((text) => !text.includes(' a session has waited '))).toEqual([]);
  });

  test('what its child found wrong is told at the end of the test, though the session has ended before', async () => {
    const { b, worker, there } = await used('60s', { diagnostics: 'fail', protocol: judging });
    const exit = once(b.process, 'exit');
    const [one, two] = there;
    await two.unregister();
    await one.request({ type: 'judge' });
    await one.unregister();
    b.process.kill('SIGTERM');
    await said(b, /Z leaving: what children found wrong is told to 1 run, at most 60 s; a second signal/);
    expect(await fault(worker.release(['a.test']))).toMatch(
      /^SESSION_DIAGNOSTICS: On \S+ \(127\.0\.0\.1:\d+\): .*a field is missing/s,
    );
    await expect(exit).resolves.toEqual([0, null]);
  });

  test('what is open when the time is over fails, with the name of the host', async () => {
    const { b, there } = await used('0.5s');
    const exit = once(b.process, 'exit');
    b.process.kill('SIGTERM');
    const { error } = await there[0].closed;
    expect(error).toMatchObject({ code: 'HUB_LOST', message: expect.stringMatching(/127\.0\.0\.1:\d+/) as string });
    await expect(exit).resolves.toEqual([0, null]);
    expect(line(b, /Z leaving: 2 sessions of 1 run are open after 0\.5 s: ended now$/)).toBeDefined();
  });

  test('a second signal ends it at once; so does the first where nothing of others is open', async () => {
    const { b, all, there } = await used('never');
    b.process.kill('SIGINT');
    process.kill(b.pid, 'SIGINT');
    await said(b, /Z leaving: 2 sessions of 1 run are open; a second signal/);
    const again = setInterval(() => b.process.kill('SIGTERM'), 50);
    await once(b.process, 'exit');
    clearInterval(again);
    expect((await there[0].closed).error?.code).toBe('HUB_LOST');
    const c = await serving(all.checkout('c', 2, program), ['--leave', 'never']);
    await c.stop();
    expect(line(c, /leaving/)).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { isCarpoolError } from '../../src/base/errors.ts';
import { defaultDeadlines, type StopDeadlines } from '../../src/process/stop-ladder.ts';
import { greeted, isThere, program, start, stillThere, withGrandchild } from './cast.ts';

// Longer than any test may take, so a test that waits for the end of such a rung fails.
const long = 60_000;
const patient: StopDeadlines = { goodbye: long, endOfInput: long, terminate: long, kill: long };
const short = 100;

describe('a signal to the group', () => {
  // A program proves that it is alive by an answer. SIGINT is what a Ctrl-C sends: children never get it from a terminal,
  // because they are not in its foreground group, but they can still receive it.
  const table: [program: string, signal: NodeJS.Signals, dead: boolean][] = [
    ['echo', 'SIGINT', true],
    ['echo', 'SIGTERM', true],
    ['echo', 'SIGKILL', true],
    ['ignores-end-of-input', 'SIGTERM', true],
    ['ignores-sigterm', 'SIGTERM', false],
    ['ignores-sigterm', 'SIGINT', true],
    ['ignores-sigterm', 'SIGKILL', true],
    ['ignores-everything', 'SIGTERM', false],
    ['ignores-everything', 'SIGKILL', true],
  ];
  test.each(table)('%s, %s: dead is %s', async (name, signal, dead) => {
    const { child, talk } = await greeted(name);
    process.kill(-child.pid, signal);
    const outcome = await Promise.race([child.exited, talk.ask({ type: 'query', session: 's1' })]);
    expect(outcome).toMatchObject(dead ? { kind: 'signalled', signal } : { type: 'reply', session: 's1' });
  });
});

describe('the stop ladder', () => {
  // The rung on which each program must be gone. The rungs before it are short; this one has no deadline in practice.
  const table = [
    { name: 'goes-on-goodbye', goodbye: true, endsAt: 'goodbye', status: { kind: 'exited', code: 0 } },
    { name: 'echo', goodbye: true, endsAt: 'endOfInput', status: { kind: 'exited', code: 0 } },
    { name: 'echo', goodbye: false, endsAt: 'endOfInput', status: { kind: 'exited', code: 0 } },
    { name: 'never-confirms', goodbye: false, endsAt: 'endOfInput', status: { kind: 'exited', code: 0 } },
    { name: 'ignores-sigterm', goodbye: false, endsAt: 'endOfInput', status: { kind: 'exited', code: 0 } },
    {
      name: 'ignores-end-of-input',
      goodbye: false,
      endsAt: 'terminate',
      status: { kind: 'signalled', signal: 'SIGTERM', by: 'carpool' },
    },
    {
      name: 'goes-on-goodbye',
      goodbye: false,
      endsAt: 'terminate',
      status: { kind: 'signalled', signal: 'SIGTERM', by: 'carpool' },
    },
    {
      name: 'ignores-everything',
      goodbye: true,
      endsAt: 'kill',
      status: { kind: 'signalled', signal: 'SIGKILL', by: 'carpool' },
    },
  ] as const;
  test.each(table)('$name (goodbye: $goodbye) is gone at: $endsAt', async ({ name, goodbye, endsAt, status }) => {
    const { child, talk } = await greeted(name);
    const rungs = ['goodbye', 'endOfInput', 'terminate', 'kill'] as const;
    const brief = rungs.slice(0, rungs.indexOf(endsAt)).map((rung) => [rung, short]);
    const stopped = child.stop({
      goodbye: goodbye ? () => talk.say({ type: 'goodbye', session: '' }) : undefined,
      deadlines: { ...patient, ...(Object.fromEntries(brief) as Partial<StopDeadlines>) },
    });
    expect(await stopped).toEqual(status);
    expect(isThere(child.pid)).toBe(false);
  });

  test('goes on at once when the goodbye fails', async () => {
    const { child } = await greeted('echo');
    const goodbye = async (): Promise<void> => Promise.reject(new Error('the pipe is broken'));
    expect(await child.stop({ goodbye, deadlines: patient })).toEqual({ kind: 'exited', code: 0 });
  });

  test('runs once: a second stop joins the first', async () => {
    const { child } = await greeted('echo');
    let goodbyes = 0;
    const goodbye = (): void => void goodbyes++;
    const first = child.stop({ goodbye, deadlines: { goodbye: short } });
    expect(child.stop({ goodbye })).toBe(first);
    await first;
    expect(await child.stop()).toEqual({ kind: 'exited', code: 0 });
    expect(goodbyes).toBe(1);
  });

  test('is skipped for a child that is gone', async () => {
    const child = await start(program('dies-at-once'));
    await child.exited;
    const goodbye = (): void => expect.unreachable();
    expect(await child.stop({ goodbye, deadlines: patient })).toEqual({ kind: 'exited', code: 3 });
  });

  test('ends for a child that exits while it is asked', async () => {
    const { child, talk } = await greeted('exits-on-request');
    const goodbye = (): void => talk.say({ type: 'die', code: 9 });
    expect(await child.stop({ goodbye, deadlines: patient })).toEqual({ kind: 'exited', code: 9 });
  });
});

describe('kill', () => {
  const killed = { kind: 'signalled', signal: 'SIGKILL', by: 'carpool' };

  test('starts with SIGKILL', async () => {
    const { child } = await greeted('ignores-everything');
    expect(await child.kill()).toEqual(killed);
  });

  test('forces a stop that is under way', async () => {
    const { child } = await greeted('ignores-everything');
    const stopped = child.stop({ goodbye: () => new Promise(() => {}), deadlines: patient });
    expect(await child.kill()).toEqual(killed);
    expect(await stopped).toEqual(killed);
  });

  test('works before the child has sent anything', async () => {
    const child = await start(program('slow-start', '--delay=60000'));
    expect(await child.kill()).toEqual(killed);
  });
});

describe('grandchildren', () => {
  const table = [
    { flags: [], leader: 'ends its input', end: 'SIGTERM' },
    { flags: ['--stubborn'], leader: 'ends its input', end: 'SIGKILL' },
  ];
  test.each(table)('$flags in the group must be dead after a stop ($end)', async ({ flags }) => {
    const { child, grandchild } = await withGrandchild(...flags);
    const terminate = flags.length > 0 ? short : long;
    expect(await child.stop({ deadlines: { ...patient, terminate } })).toEqual({ kind: 'exited', code: 0 });
    expect([child.pid, grandchild].filter(isThere)).toEqual([]);
  });

  test('must be dead after a kill', async () => {
    const { child, grandchild } = await withGrandchild('--stubborn');
    await child.kill();
    expect([child.pid, grandchild].filter(isThere)).toEqual([]);
  });

  test('are ended after a child that exits by itself, without any stop', async () => {
    const { child, talk, grandchild } = await withGrandchild();
    talk.say({ type: 'die', code: 2 });
    await child.exited;
    expect(await stillThere([grandchild], defaultDeadlines.terminate)).toEqual([]);
  });
});

test('a child that outlasts every rung is reported with its pid and the rungs', async () => {
  // No process survives SIGKILL. With a clock on which every deadline passes at once, none is dead in time.
  const hasty: Clock = {
    now: () => 0,
    after(_, run) {
      let cancelled = false;
      queueMicrotask(() => cancelled || run());
      return { cancel: () => void (cancelled = true), unref() {} };
    },
  };
  const child = await start(program('ignores-everything'), { clock: hasty });
  const error: unknown = await child.stop({ goodbye: () => {} }).catch((thrown: unknown) => thrown);
  expect(isCarpoolError(error, 'CHILD_UNKILLABLE')).toBe(true);
  expect(error).toMatchObject({
    message: `Cannot stop the child with pid ${child.pid}: still there after goodbye, end of input, SIGTERM, SIGKILL: pid ${child.pid}`,
    context: { pid: child.pid, rungs: ['goodbye', 'end of input', 'SIGTERM', 'SIGKILL'] },
  });
  await child.exited;
});

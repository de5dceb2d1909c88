// A runner that is killed, whenever and however: its host ends the children, and nothing of either remains.
import { describe, expect, test } from 'vitest';
import { programPath } from '../support/pools.ts';
import { script } from '../support/scripts.ts';

// The census at the end of every test finds what is left: processes, sockets, folders.
describe.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('a runner that is ended by %s', (signal) => {
  test.each([
    ['before its host is ready', 'spawned', 'echo'],
    ['when its host is ready', 'ready', 'echo'],
    ['while its child starts', 'child', 'slow-start --delay=500'],
    ['while its child says no hello', 'child', 'never-hello'],
    ['while a session is open', 'open', 'echo'],
    ['while a session is open on a child that ignores everything', 'open', 'ignores-everything'],
    ['while a session is open on a child that has children of its own', 'open', 'forks-grandchild --stubborn'],
  ])('%s leaves nothing', async (_, moment, program) => {
    const [name = '', ...flags] = program.split(' ');
    const runner = script('runner', [programPath(name), ...flags]);
    await runner.said(moment);
    runner.process.kill(signal);
    expect(await runner.exited).toBe(signal);
  });

  test('while it stops its host leaves nothing', async () => {
    const runner = script('runner', [programPath('ignores-everything')]);
    await runner.said('open');
    runner.process.stdin?.write('go on\n');
    await runner.said('stopping');
    runner.process.kill(signal);
    expect(await runner.exited).toBe(signal);
  });
});

test('a runner that stops its host leaves nothing', async () => {
  const runner = script('runner', [programPath('echo')]);
  await runner.said('open');
  runner.process.stdin?.end('go on\n');
  expect(await runner.exited).toBe(0);
  expect(runner.lines.at(-1)).toBe('stopped');
});

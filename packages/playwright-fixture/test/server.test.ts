/** Playwright's UI and VS Code: one process that sets up once, and runs tests on request. */
import { expect, test } from 'vitest';
import { Project } from './harness.ts';
import { TestServer } from '@carpool/test-harness/playwright';

function seen(output: string): { child: string; worker: string; session: string } {
  const [, child = '', worker = '', session = ''] = /child (\d+), worker (\d+), session (\S+)/.exec(output) ?? [];
  return { child, worker, session };
}

test('one child serves all runs between set-up and teardown, each in new workers, until its script is edited', async () => {
  using project = new Project('server');
  const server = await TestServer.connect(project.start(['test-server']));
  expect(await server.call('listTests')).toMatchObject({ status: 'passed' });
  expect(await server.call('runGlobalSetup')).toMatchObject({ status: 'passed' });
  expect(await server.call('listTests')).toMatchObject({ status: 'passed' });
  const first = await server.call('runTests', { grep: 'has a session' });
  const second = await server.call('runTests', { grep: 'must fail|has a session' });
  const third = await server.call('runTests', { grep: 'has a session' });
  expect([first, second, third]).toMatchObject([{ status: 'passed' }, { status: 'failed' }, { status: 'passed' }]);
  const runs = [first, second, third].map(({ output }) => seen(output));
  expect(new Set(runs.map(({ child }) => child)).size).toBe(1);
  expect(new Set(runs.map(({ worker }) => worker)).size).toBe(3);
  project.touch('child.mjs');
  const edited = await server.call('runTests', { grep: 'has a session' });
  expect(edited.status).toBe('passed');
  expect(seen(edited.output).child).not.toBe(runs[0]?.child);
  const torn = await server.call('runGlobalTeardown');
  expect(torn).toMatchObject({ status: 'passed', output: expect.stringContaining('carpool: echo: 2 children, ') });
  expect(await server.call('runTests')).toMatchObject({ status: 'failed' });
  // A set-up after a teardown starts another host; and one after a set-up replaces it.
  await server.call('runGlobalSetup');
  const fourth = await server.call('runTests', { grep: 'has a session' });
  expect(fourth.status).toBe('passed');
  const again = await server.call('runGlobalSetup');
  expect(again.output).toContain('carpool: echo: 1 child, ');
  const fifth = await server.call('runTests', { grep: 'has a session' });
  expect(fifth.status).toBe('passed');
  expect(new Set([...runs, seen(fourth.output), seen(fifth.output)].map(({ child }) => child)).size).toBe(3);
  expect((await server.disconnect()).left).toEqual([]);
});

test('a second set-up beside it, as VS Code makes for its debugger, has a host and a child of its own', async () => {
  using project = new Project('server');
  const server = await TestServer.connect(project.start(['test-server']));
  await server.call('runGlobalSetup');
  const first = await server.call('runTests', { grep: 'has a session' });
  const beside = await project.run(['--grep=has a session']);
  const second = await server.call('runTests', { grep: 'has a session' });
  expect([first.status, beside.code, second.status]).toEqual(['passed', 0, 'passed']);
  expect(seen(first.output).child).toBe(seen(second.output).child);
  expect(seen(beside.stdout).child).not.toBe(seen(first.output).child);
  expect(beside.left).toEqual([]);
  expect((await server.disconnect()).left).toEqual([]);
});

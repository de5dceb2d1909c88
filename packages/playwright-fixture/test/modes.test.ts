/** The ways in which Playwright is called and configured, and what else a run prints. */
import { startHost } from 'carpool/adapter/main-process';
import { expect, test } from 'vitest';
import { expectVerdicts, summaryOf, testNamed } from '@carpool/test-harness/expect';
import { placeOf, Project } from './harness.ts';

const sessions = /^carpool: echo: 1 child, (\d+) sessions, peak \d+, longest wait \d+ ms/;

test('several projects, fully parallel, beside another global setup: one child, options merged by key', async () => {
  using project = new Project('modes');
  const outcome = await project.run();
  expectVerdicts(outcome, 10);
  expect(summaryOf(outcome, 'echo')).toMatch(sessions);
  expect(outcome.stdout).toContain('my own teardown');
  const attached = outcome.tests.filter(({ attempts }) => attempts[0]?.attached.has('carpool'));
  expect(attached.map((one) => one.project)).toEqual(['two', 'two', 'two', 'two']);
});

test('every shard has a host of its own, also when they run at the same time in one folder', async () => {
  using project = new Project('modes');
  const shards = await Promise.all(['1/2', '2/2'].map((shard) => project.run([`--shard=${shard}`])));
  for (const shard of shards) {
    expectVerdicts(shard, 5);
    expect(summaryOf(shard, 'echo')).toMatch(sessions);
  }
});

test('one child serves repeats; the start of the child is reported apart from the calls of the test', async () => {
  using project = new Project('modes');
  const outcome = await project.run(['--project=one', '--repeat-each=3', '--workers=1', '--grep=has a session']);
  expectVerdicts(outcome, 12);
  expect(summaryOf(outcome, 'echo')).toMatch(/1 child, 12 sessions, peak [12]/);
});

test('modes that run no test start no child, and --list knows the fixtures', async () => {
  using project = new Project('modes');
  const [list, none] = await Promise.all([
    project.run(['--list']),
    project.run(['--grep=nothing', '--pass-with-no-tests']),
  ]);
  for (const outcome of [list, none]) {
    expect(outcome).toMatchObject({ code: 0, left: [], stderr: expect.not.stringContaining('carpool:') });
  }
  expect(list.tests.map(({ name }) => name)).toContain('has a session (4)');
});

test('the type alone takes the names from the host, and says so where there is none', async () => {
  using project = new Project('names-from-host');
  const [run, list] = await Promise.all([project.run(), project.run(['--list'])]);
  expectVerdicts(run, 1);
  expect(list).toMatchObject({ code: 1, left: [] });
  expect(list.errors.join('\n')).toContain('Pass the config itself, `withPools(config)`: with --list');
});

test('the global setup may have options, and the summary be left out', async () => {
  using project = new Project('options');
  const outcome = await project.run();
  expectVerdicts(outcome, 1);
  expect(outcome.stderr).not.toContain('carpool:');
});

test('a CommonJS project works too', async () => {
  using project = new Project('commonjs');
  expectVerdicts(await project.run(), 1);
});

test('stdout stays readable for machines', async () => {
  using project = new Project('matchers');
  // Otherwise the reporter writes a file.
  const outcome = await project.run(['--reporter=json', '--grep=a reply'], {
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: '' },
  });
  expect(JSON.parse(outcome.stdout)).toMatchObject({ stats: { expected: 1, unexpected: 0 } });
  expect(summaryOf(outcome, 'echo')).toMatch(/1 child, 1 session,/);
});

test('a quiet run prints no summary', async () => {
  using project = new Project('matchers');
  const outcome = await project.run(['--quiet', '--grep=a reply']);
  expectVerdicts(outcome, 1);
  expect(outcome.stderr).not.toContain('carpool:');
});

test('the report shows the start of a child, and the wait for a session, as steps of their own', async () => {
  using project = new Project('modes');
  const outcome = await project.run(['--project=one', '--workers=1', '--grep=[12]', '--reporter=./steps-reporter.ts']);
  const steps = (test: string): string[] => {
    const lines = outcome.stdout.split('\n').filter((line) => line.startsWith(`${test}: Fixture `));
    return lines.map((line) => line.slice(`${test}: Fixture `.length));
  };
  const own = ['"carpool: end of the sessions"', '"echo"'];
  const worker = ['"carpool: connection"', '"carpool: start of echo"'];
  expect(steps('has a session (1)')).toEqual(expect.arrayContaining([...worker, ...own]));
  expect(steps('has a session (2)')).not.toEqual(expect.arrayContaining(worker));
  expect(steps('has a session (2)')).toEqual(expect.arrayContaining(own));
});

test('runs join a host that the environment names, and leave it running', async () => {
  using project = new Project('modes');
  await using host = await startHost({ root: project.folder });
  await host.configured;
  const env = { CARPOOL_ADDRESS: host.address };
  const runs = await Promise.all(['one', 'two'].map((name) => project.run([`--project=${name}`], { env })));
  for (const run of runs) {
    expectVerdicts(run, 5);
    expect(run.stderr).not.toContain('carpool:');
  }
  const { pools } = await host.summary();
  expect(pools.find(({ name }) => name === 'echo')).toMatchObject({ children: 1, open: 0 });
});

test('matchers say what was expected, and where', async () => {
  using project = new Project('matchers');
  const outcome = await project.run();
  expectVerdicts(outcome, 9);
  const errorOf = (name: string): { text: string; location: string | undefined } => {
    const [attempt] = testNamed(outcome, name).attempts;
    return { text: attempt?.messages.join('\n') ?? '', location: attempt?.location };
  };
  expect(errorOf('another reply')).toEqual({
    text: expect.stringMatching(
      /expect\(session\)\.toReply\(message, expected\)[^]*Request: {"type": "set", "value": "this"}[^]*- {3}"value": "that"/,
    ),
    location: expect.stringContaining(placeOf('matchers', 'matchers.spec.ts', "value: 'that'")),
  });
  // What was not asked for does not clutter the difference; where a field is missing, all that came is shown.
  expect(errorOf('another reply').text).toMatch(
    /\n {2}Object {\n- {3}"value": "that",\n\+ {3}"value": "this",\n {2}}\n/,
  );
  expect(errorOf('without that field').text).toMatch(/- {3}"valu": "this",\n[^]*\+ {3}"type": "reply",\n/);
  expect(errorOf('not that reply').text).toMatch(/expect\(session\)\.not\.toReply[^]*Not expected: {"value": "this"}/);
  expect(errorOf('no event')).toEqual({
    text: expect.stringMatching(/Expected: {"word": "mine"}\nNo matching event within 300 ms[^]*"other"/),
    location: expect.stringContaining(placeOf('matchers', 'matchers.spec.ts', 'timeout: 300')),
  });
  expect(errorOf('not that event').text).toMatch(/Received: {[^]*"word": "mine"/);
  expect(errorOf('a session that has ended').text).toMatch(/was closed by `unregister`/);
});

import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { describeExit } from '../../src/process/exit.ts';
import { greeted, isThere, program, start, Talk, withGrandchild } from './cast.ts';

describe('a child', () => {
  test('is talked to through its pair of streams', async () => {
    const { child, talk } = await greeted('echo');
    const message = { type: 'query', session: 's1', id: 1 };
    expect(await talk.ask(message)).toEqual({ type: 'reply', session: 's1', id: 1, echo: message });
    expect(child.pid).toBeGreaterThan(1);
    expect(child.file).toBe(process.execPath);
    expect(child.age()).toBeGreaterThan(0);
  });

  test('may talk on any pair of descriptors; its stdout is then kept like its stderr', async () => {
    const spec = { ...program('prints-to-stdout', '--hello-at-once', '--fds=3,4'), stdio: { in: 3, out: 4 } };
    const child = await start(spec);
    const talk = new Talk(child);
    await talk.hear('hello');
    expect(await talk.ask({ type: 'query', session: 's1' })).toMatchObject({ session: 's1' });
    expect(await child.stop()).toEqual({ kind: 'exited', code: 0 });
    expect(child.stdoutTail()).toBe('Welcome to Prints 1.0!\n');
  });

  test('has an empty stdin where it is not one of the pair', async () => {
    const code = 'process.stdin.on("end", () => process.exit(5)).resume()';
    const child = await start({ command: process.execPath, args: ['-e', code], stdio: { in: 3, out: 4 } });
    expect(await child.exited).toEqual({ kind: 'exited', code: 5 });
  });

  test('is called by the name in its spec', async () => {
    const child = await start({ command: 'sh', args: ['-c', 'echo $0; ps -p $$ -o args= || true'] });
    expect(child.file).toMatch(/^\/.*\/sh$/);
    expect((await text(child.output)).split('\n')[0]).toBe('sh');
  });

  test('gets the environment of its spec, and no variables of Carpool', async () => {
    process.env['CARPOOL_TOKEN_OF_TEST'] = 'secret';
    const print =
      'console.log(JSON.stringify(Object.keys(process.env).filter((name) => /^(CARPOOL|A$|PATH$)/.test(name))))';
    const child = await start({
      command: process.execPath,
      args: ['-e', print],
      env: { A: '1' },
      inheritEnv: ['PATH'],
    });
    delete process.env['CARPOOL_TOKEN_OF_TEST'];
    expect((JSON.parse(await text(child.output)) as string[]).toSorted()).toEqual(['A', 'CARPOOL_CHILD', 'PATH']);
  });

  test('runs where its spec says', async () => {
    const child = await start({ command: process.execPath, args: ['-p', 'process.cwd()'], cwd: '/' });
    expect(await text(child.output)).toBe('/\n');
  });
});

describe('the end of a child', () => {
  test('at once is an exit, with what it said', async () => {
    const child = await start(program('dies-at-once'));
    const status = await child.exited;
    await child.drained;
    expect(describeExit(status)).toBe('exited with code 3');
    expect(child.status).toBe(status);
    expect(child.stderrTail()).toBe('cannot find the licence file\n');
  });

  test.each([
    [{ code: 7 }, { kind: 'exited', code: 7 }],
    [{ signal: 'SIGKILL' }, { kind: 'signalled', signal: 'SIGKILL' }],
    [{ signal: 'SIGTERM' }, { kind: 'signalled', signal: 'SIGTERM' }],
  ])('by %j is reported as it was', async (how, status) => {
    const { child, talk } = await greeted('exits-on-request');
    talk.say({ type: 'die', ...how });
    expect(await child.exited).toEqual(status);
  });

  test('leaves its output readable', async () => {
    const child = await start(program('dies-mid-frame'));
    const said = text(child.output);
    child.input.write('{"type":"query","session":"s1","id":"abcdef"}\n');
    await child.exited;
    expect(await said).toMatch(/^{"type":"reply".*[^\n]$/);
  });

  test('leaves all of a large output readable', async () => {
    const child = await start(program('floods', '--count=20000'));
    const said = text(child.output);
    child.input.end('{"type":"query","session":"s1"}\n');
    await child.exited;
    expect((await said).split('\n').length).toBe(20_002);
  });

  test('leaves its output readable even to a reader that starts later', async () => {
    const child = await start({ command: 'sh', args: ['-c', 'echo last words'] });
    await child.exited;
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(await text(child.output)).toBe('last words\n');
  });

  test('does not break a writer that does not know of it yet', async () => {
    const child = await start(program('dies-at-once'));
    const written: unknown[] = [];
    for (let n = 0; n < 50; n++) child.input.write(Buffer.alloc(100_000), (error) => written.push(error?.message));
    expect(await child.exited).toEqual({ kind: 'exited', code: 3 });
    child.input.write('too late');
    await child.drained;
    expect(written.length).toBeGreaterThan(0);
  });

  test('is reported although a grandchild holds its pipes, and the grandchild is ended too', async () => {
    const { child, talk, grandchild } = await withGrandchild('--stubborn');
    talk.say({ type: 'die', code: 4 });
    expect(await child.exited).toEqual({ kind: 'exited', code: 4 });
    expect(isThere(grandchild)).toBe(true);
    await child.kill();
    expect(isThere(grandchild)).toBe(false);
  });

  test('closes the pipes after some time although a grandchild outside its group holds them', async () => {
    const away =
      'const c = require("child_process").spawn("sleep", ["30"], { stdio: "inherit", detached: true }); console.error(c.pid); process.exit(0)';
    const child = await start({ command: process.execPath, args: ['-e', away] }, { drainTimeout: 50 });
    await child.drained;
    expect(child.output.destroyed).toBe(true);
    // It has left the group on purpose, so Carpool does not end it; but this test started it.
    process.kill(Number(child.stderrTail()), 'SIGKILL');
  });
});

test('all of stderr is forwarded, and its end is kept', async () => {
  const code = 'process.stderr.write("x".repeat(5000) + "the end")';
  let bytes = 0;
  const child = await start(
    { command: process.execPath, args: ['-e', code], stderr: 'forward' },
    { tailBytes: 10, onStderr: (chunk) => (bytes += chunk.length) },
  );
  await child.drained;
  expect(bytes).toBe(5007);
  expect(child.stderrTail()).toBe('xxxthe end');
});

test('a child goes on although its stderr is not read', async () => {
  const code = 'process.stderr.write("x".repeat(1e6), () => process.exit(6))';
  const child = await start({ command: process.execPath, args: ['-e', code] });
  expect(await child.exited).toEqual({ kind: 'exited', code: 6 });
});

// `carpool check`: a line for each pool, and why one of them is not ready.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { python } from '@carpool/test-harness/programs';
import { expect, onTestFinished, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { childProtocol } from '../../src/protocol/child-protocol.ts';
import { program, programProtocol } from '../support/pools.ts';
import { web } from '../server/web.ts';
import { carpool, config, write } from './carpool.ts';

test('a line for each pool whose child starts, greets, and opens and closes a session', async () => {
  const file = config({ echoes: 'echo', others: 'echo' });
  const { code, stdout, stderr } = await carpool('check');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [first, ...pools] = stdout.trimEnd().split('\n');
  expect(first).toBe(`config: ${file}`);
  expect(pools).toEqual(
    [
      ...['echoes', 'others'].map((name) => `^${name}: ok, first session after \\d+ ms$`),
      '^not looked at: .*`describeProtocol`',
    ].map((line) => expect.stringMatching(line)),
  );
});

test('a child that does not start is reported with its last output, and the others are checked all the same', async () => {
  config({ broken: 'dies-at-once', echoes: 'echo' });
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^broken: .*cannot find the licence file/ms);
  expect(stdout).toMatch(/^echoes: ok/m);
});

/** Says hello when as many of its kind run as it is told. */
const waits = `
  import { readdirSync, writeFileSync } from 'node:fs';
  import { createInterface } from 'node:readline';
  const [name, count] = process.argv.slice(2);
  writeFileSync('here-' + name, '');
  const here = () => readdirSync('.').filter((file) => file.startsWith('here-')).length;
  const timer = setInterval(() => {
    if (here() < Number(count)) return;
    clearInterval(timer);
    console.log(JSON.stringify({ type: 'hello' }));
  }, 5);
  for await (const line of createInterface({ input: process.stdin })) {
    const { session } = JSON.parse(line);
    console.log(JSON.stringify({ session, type: 'closed' }));
  }`;

test('children are started together, and printed in the order of the config', async () => {
  write('waits.mjs', waits);
  const protocol = { hello: { expect: { type: 'hello' } }, close: { send: {}, expect: { type: 'closed' } } };
  const names = ['first', 'second', 'third', 'fourth'];
  const entry = (name: string) =>
    [name, { command: process.execPath, args: ['waits.mjs', name, '4'], protocol }] as const;
  // Each waits for all of them: started one after another, none would say hello.
  const pools = Object.fromEntries(names.map(entry));
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools })};`);
  const { code, stdout } = await carpool('check');
  expect(stdout.match(/^\w+(?=: ok)/gm)).toEqual(names);
  expect(code).toBe(0);
});

test('a child that ends instead of confirming the end of its session is not ok', async () => {
  const close = { send: { type: 'die', code: 1 }, expect: { type: 'closed' } };
  const pools = { mortal: program('exits-on-request', { protocol: { ...programProtocol, close } }) };
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools })};`);
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^mortal: The child of pool "mortal" ended while its first session was opened and closed/m);
  expect(stdout).toMatch(/exited with code 1[^]*│ → \{type: "die", code: 1\}/);
});

test('a server is ok when it is ready, opens and closes a session, and is still ready', async () => {
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools: { web: web('') } })};`);
  const { code, stdout } = await carpool('check');
  expect(stdout).toMatch(/^web: ok, first session after \d+ ms$/m);
  expect(stdout).not.toMatch(/hello|confirm|not looked at/);
  expect(code).toBe(0);
});

/** A pool of Node on a file of this test's, in a config by itself. */
function poolOf(script: string, options: object = {}, name = 'sheet'): void {
  const pools = { [name]: { command: process.execPath, args: [script], probeTimeout: 1_500, ...options } };
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools })};`);
}

const answering = (reply: string): string =>
  `import { createInterface } from 'node:readline';
  console.error('it started');
  for await (const line of createInterface({ input: process.stdin })) {
    const { session, type, id } = JSON.parse(line);
    console.log(JSON.stringify(${reply}));
  }`;

test('a script that does not exist is not ok, although a session could be opened', async () => {
  poolOf('nowhere.mjs');
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^sheet: The child of pool "sheet" ended while .*exited with code 1[^]*Cannot find module/m);
});

test.skipIf(python.path === undefined)(
  `the error of Python that does not find \`carpool_child\` says where that is${python.reason}`,
  async () => {
    write('sheet.py', 'import carpool_child');
    poolOf('sheet.py', { command: python.path, env: { PYTHONPATH: '' }, protocol: childProtocol });
    const { code, stdout } = await carpool('check');
    expect(stdout).toMatch(/^sheet: .*exited with code 1.*PYTHONPATH.*carpool\/child\.py/m);
    expect(code).toBe(1);
  },
);

test('a child that lives and sends nothing is ok, and what would prove more is said', async () => {
  write('sheet.mjs', 'process.stdin.resume();');
  poolOf('sheet.mjs');
  const { code, stdout } = await carpool('check');
  expect(stdout).toMatch(/^sheet: ok, first session after \d+ ms; it lives, but has sent nothing: a `probe` in its/m);
  expect(code).toBe(0);
});

test('what a child does not do is a line each, with what follows from it', async () => {
  write('sheet.mjs', 'process.stdin.resume();');
  poolOf('sheet.mjs', { protocol: { close: { send: { type: 'reset' } } } });
  const { code, stdout } = await carpool('check');
  const [, ...lines] = stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^sheet: ok, first session after \d+ ms; it lives/),
    expect.stringMatching(/^ {2}it says no `hello`: it is taken for ready as soon as it is started/),
    expect.stringMatching(/^ {2}it does not confirm the end of a session: .*name that in `close.expect`$/),
    expect.stringContaining('not looked at: whether a child keeps its sessions apart'),
  ]);
  expect(code).toBe(0);
});

test('a child that does not answer the probe of its protocol is not ok; one that does is', async () => {
  const protocol = { probe: { send: { type: 'ping' }, expect: { type: 'pong' } } };
  write('sheet.mjs', answering(`{ type: 'pong' }`));
  poolOf('sheet.mjs', { protocol });
  expect((await carpool('check')).stdout).toMatch(/^sheet: ok, first session after \d+ ms$/m);
  write('sheet.mjs', answering(`{ type: 'pnog', session: 'nobody' }`));
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^sheet: The child of pool "sheet" did not answer the `probe` of its protocol/m);
  // What came instead.
  expect(stdout).toMatch(/^ {2}← \{.*type: "pnog".*\} \(/m);
});

test('a protocol whose replies are lost is not ok, and they are shown', async () => {
  write('sheet.mjs', answering(`{ type: 'done', session: 'nobody' }`));
  poolOf('sheet.mjs', { protocol: { close: { send: { type: 'reset' } } } });
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^sheet: What the child of pool "sheet" sent reached no session .*\n {2}← .*"nobody"/m);
});

test('a newline that is missing before the hello is named at once, and no second child is started', async () => {
  const protocol = { hello: { expect: { type: 'hello' } } };
  write('sheet.mjs', `process.stdout.write('x' + JSON.stringify({ type: 'hello' }) + '\\n'); process.stdin.resume();`);
  poolOf('sheet.mjs', { protocol });
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^sheet: Pool "sheet": The hello of the child was not read, .* a newline is missing before \{type/m,
  );
  expect(stdout).toContain('│ ← x{"type":"hello"} (no message: a newline is missing before {type: "hello"})');
});

test('a newline that is missing before another message is named, too', async () => {
  write('sheet.mjs', answering(`{ session, type: 'closed' }`).replace('console.log(', `process.stdout.write('x'); $&`));
  poolOf('sheet.mjs', { protocol: { close: { send: { type: 'reset' }, expect: { type: 'closed' } } } });
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^sheet: What session s1 waits for was not read, .* a newline is missing before \{session: "s1"/m,
  );
});

test('a protocol whose `route` throws is named at once, with the stack', async () => {
  write('sheet.mjs', answering(`{ session, type: 'opened' }`));
  const route = `route: () => undefined.x, address: ({ frame }) => ({ frame })`;
  const open = `async open(port) { port.send({}); await port.next(() => true); return { wireId: 's1', close() {} }; }`;
  const pool = `{ command: ${JSON.stringify(process.execPath)}, args: ['sheet.mjs'], openTimeout: 60_000, protocol: { name: 'sheet', ${route}, ${open} } }`;
  write('carpool.config.mjs', `export default { pools: { sheet: ${pool} } };`);
  const started = performance.now();
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^sheet: `route` of protocol "sheet" threw TypeError: .*\n {2}│ at .*carpool\.config\.mjs/m);
  expect(performance.now() - started).toBeLessThan(30_000);
});

test('one pool alone, by its name', async () => {
  config({ broken: 'dies-at-once', echoes: 'echo' });
  const { code, stdout } = await carpool('check', 'echoes');
  expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 3 });
  expect(stdout).toMatch(/^echoes: ok/m);
  const other = await carpool('check', 'ecko');
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/^carpool: Unknown pool "ecko": .*only "broken", "echoes".* \[CONFIG_INVALID\]\n$/);
});

test('a name that a runner refuses is refused, if that runner is used', async () => {
  poolOf('sheet.mjs', {}, 'page');
  write('sheet.mjs', 'process.stdin.resume();');
  expect(await carpool('check')).toMatchObject({ code: 0, stderr: '' });
  write('node_modules/@carpool/playwright/package.json', '{ "name": "@carpool/playwright" }');
  const { code, stderr } = await carpool('check');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^carpool: Cannot make a fixture of the pool "page": Playwright gives every test something/);
  poolOf('sheet.mjs', {}, 'then');
  expect((await carpool('check')).stderr).toMatch(/^carpool: Cannot make a fixture of the pool "then"/);
});

test('a line for each shared worker', async () => {
  write('good.mjs', "export default ({ negotiateProtocol }) => void negotiateProtocol(['ava-4']).ready();");
  write('carpool.config.mjs', "export default { sharedWorkers: { good: './good.mjs', missing: './missing.mjs' } };");
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^good: ok, ready after \d+ ms$/m);
  expect(stdout).toMatch(/^missing: The shared worker .*missing\.mjs cannot be found: there is no such file; correct/m);
});

test('`--params` are those of one pool, for an `open` that needs some', async () => {
  const entry = pathToFileURL(join(import.meta.dirname, '../../src/entry/index.ts')).href;
  const { command, args } = web('');
  write(
    'carpool.config.mjs',
    `import { server } from ${JSON.stringify(entry)};
    const open = (_, { params }) => ({ url: params.database });
    export default { pools: { app: server({ ...${JSON.stringify({ command, args })}, open }) } };`,
  );
  expect(await carpool('check', 'app')).toMatchObject({ code: 1, stdout: expect.stringContaining('database') });
  expect(await carpool('check', 'app', '--params', '{"database": "test_1"}')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^app: ok, first session after \d+ ms$/m),
  });
  expect(await carpool('check', 'app', '--params', '{database}')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('It must be JSON'),
  });
  expect(await carpool('check', '--params', '{}')).toMatchObject({
    code: 1,
    stderr: 'error: --params are those of one pool: carpool check POOL --params JSON\n',
  });
});

test('a mistake in the config is reported in a sentence', async () => {
  write('carpool.config.mjs', 'export default { pool: {} };');
  const { code, stdout, stderr } = await carpool('check');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^carpool: .* \[CONFIG_INVALID\]\n$/s);
  expect(stderr).not.toContain('    at ');
});

test('a config that does not exist is named', async () => {
  const { code, stderr } = await carpool('check', '--config', 'nowhere.config.mjs');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^carpool: .*nowhere\.config\.mjs.* \[CONFIG_INVALID\]\n$/s);
});

test('it prints its version, its help, and an error for an unknown command', async () => {
  expect(await carpool('--version')).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  expect(await carpool('frob')).toMatchObject({ code: 1, stderr: expect.stringContaining("unknown command 'frob'") });
  const { code, stdout, stderr } = await carpool();
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/^ {2}run \[options\] <command\.\.\.>/m);
});

test('a Node that is too old is told so in a sentence, before anything is loaded that needs a newer one', async () => {
  const older = 'delete Promise.withResolvers; delete Set.prototype.union;';
  vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${encodeURIComponent(older)}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { code, stdout, stderr } = await carpool('check');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`carpool: Node ${process.versions.node} is too old: 22.12 or newer is needed\n`);
});

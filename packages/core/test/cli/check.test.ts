// `carpool check`: a line for each pool, and why one of them is not ready.
import { expect, onTestFinished, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { program, programProtocol } from '../support/pools.ts';
import { carpool, config, write } from './carpool.ts';

test('a line for each pool whose child starts, greets, and opens and closes a session', async () => {
  const file = config({ echoes: 'echo', others: 'echo' });
  const { code, stdout, stderr } = await carpool('check');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [first, ...pools] = stdout.trimEnd().split('\n');
  expect(first).toBe(`config: ${file}`);
  expect(pools).toEqual(
    ['echoes', 'others'].map((name) => expect.stringMatching(`^${name}: ok, first session after \\d+ ms$`)),
  );
});

test('a child that does not start is reported with its last output, and the others are checked all the same', async () => {
  config({ broken: 'dies-at-once', echoes: 'echo' });
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^broken: .*cannot find the licence file/ms);
  expect(stdout).toMatch(/^echoes: ok/m);
});

test('a child that ends instead of confirming the end of its session is not ok', async () => {
  const close = { send: { type: 'die', code: 1 }, expect: { type: 'closed' } };
  const pools = { mortal: program('exits-on-request', { protocol: { ...programProtocol, close } }) };
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools })};`);
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^mortal: The child of pool "mortal" ended when its session was closed/m);
});

test('a line for each shared worker', async () => {
  write('good.mjs', "export default ({ negotiateProtocol }) => void negotiateProtocol(['ava-4']).ready();");
  write('carpool.config.mjs', "export default { sharedWorkers: { good: './good.mjs', missing: './missing.mjs' } };");
  const { code, stdout } = await carpool('check');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^good: ok, ready after \d+ ms$/m);
  expect(stdout).toMatch(/^missing: The shared worker .*missing\.mjs cannot be found: there is no such file; correct/m);
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

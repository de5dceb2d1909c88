/** The adapter of docs/adapters.md, whose code pages.test.ts holds against the page, runs the tests of `node --test`. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const folder = join(import.meta.dirname, 'adapters');

interface Outcome {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function run(cwd: string, setup: boolean): Promise<Outcome> {
  const args = ['--test', '--test-reporter=tap', ...(setup ? ['--test-global-setup=global-setup.ts'] : [])];
  // Node refuses to run tests inside its own tests.
  const env = { ...process.env, CARPOOL_ADDRESS: undefined, NODE_TEST_CONTEXT: undefined };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

/** The folder of the example, with another test file. */
function copyWith(body: string): string {
  const copy = mkdtempSync(`${folder}-`);
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(folder, copy, { recursive: true });
  const head = "import { register, withPools } from './adapter.ts';\nimport config from './carpool.config.ts';\n";
  writeFileSync(join(copy, 'sheet.test.ts'), `${head}const test = withPools(config);\n${body}`);
  return copy;
}

test('its tests pass, share one child, and nothing is left open', async () => {
  const { code, stdout, stderr } = await run(folder, true);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^# pass 3\n# fail 0$/m) });
  expect(stderr).toMatch(/^carpool: sheet: 1 child, 4 sessions, peak [34], longest wait \d+ ms/m);
});

test('without its set-up a test says how to add it', async () => {
  const { stdout } = await run(folder, false);
  expect(stdout).toContain('this run started none; add --test-global-setup=global-setup.ts to the command');
  expect(stdout).toContain("name: 'CarpoolError [HUB_UNREACHABLE]'");
});

test('a failing test shows what its session said, and outside of tests a session is refused', async () => {
  const fails =
    "test('fails', async ({ sheet }) => { sheet.send({ type: 'no such type' }); throw new Error('odd'); });";
  const outside = "await register('sheet').catch((thrown) => console.error(String(thrown)));";
  const { code, stdout, stderr } = await run(copyWith(`${outside}\n${fails}\n`), true);
  expect(code).toBe(1);
  expect(stdout).toMatch(/odd[^]*── sheet, session \S+ ──[^]*no such type/);
  expect(stdout + stderr).toContain('CarpoolError [SESSION_MISUSED]: Cannot register a session for a test');
});

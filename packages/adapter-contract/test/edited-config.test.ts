/** Runs on the host of the machine, of a project that has Carpool installed as users have it: in `node_modules`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { wholeRun } from '../contract/files.ts';
import { modules } from '../home.ts';
import { Project } from '../project.ts';
import { vitest } from '../runners/vitest.ts';

const files = wholeRun.filter(({ name }) => name === 'session-per-test');

/** `carpool serve`, in a temporary folder of this test alone. */
async function ownMachine(): Promise<{ readonly TMPDIR: string }> {
  const own = { TMPDIR: mkdtempSync(join(tmpdir(), 'cp-')) };
  const env = { ...process.env, ...own };
  const args = [join(modules, 'carpool/dist/cli.js'), 'serve'];
  const host = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const ended = once(host, 'exit');
    host.kill('SIGTERM');
    await ended;
    rmSync(own.TMPDIR, { recursive: true });
  });
  await once(createInterface({ input: host.stdout }), 'line');
  return own;
}

// The host reads the config, so one runner shows it for all.
test(
  'a run shares a child with the run before it, until the config, or what that imports, is edited',
  { timeout: 120_000 },
  async () => {
    const env = await ownMachine();
    using project = new Project(vitest, files);
    project.edit('carpool.config.mjs', 'defineConfig({', "defineConfig({ host: 'machine',");
    project.edit('carpool.config.mjs', 'command: process.execPath', "command,\n  inheritEnv: ['PATH']");
    project.write('command.mjs', 'export const command = process.execPath;\n');
    project.write(
      'carpool.config.mjs',
      `import { command } from './command.mjs';\n${project.read('carpool.config.mjs')}`,
    );
    const run = async (): Promise<readonly string[]> => {
      const { tests } = await project.run(vitest.all, { env });
      return tests.map(({ status }) => status);
    };
    const pids = (): number => new Set(project.notes('session-per-test').map(({ pid }) => pid)).size;
    expect(await run()).toEqual(['passed', 'passed']);
    expect(await run()).toEqual(['passed', 'passed']);
    expect(pids()).toBe(1);
    project.edit('command.mjs', 'process.execPath', "'/no/such/program'");
    expect(await run()).toEqual(['failed', 'failed']);
    project.edit('command.mjs', "'/no/such/program'", 'process.execPath');
    project.edit('carpool.config.mjs', 'command,', "command: '/nor/this',");
    expect(await run()).toEqual(['failed', 'failed']);
  },
);

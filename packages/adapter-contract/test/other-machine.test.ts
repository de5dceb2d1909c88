/** The three runners on another machine: a network, a temporary folder and a project of their own, and an address. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { noNamespaces, twoMachines, type Machine } from '@carpool/test-harness/namespaces';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sharingRun, twoShards, wholeRun } from '../contract/files.ts';
import { modules } from '../home.ts';
import { Project } from '../project.ts';
import { runners } from '../runners/all.ts';
import { vitest } from '../runners/vitest.ts';

const reason = noNamespaces();
const names = ['session-per-test', 'concurrency', 'handed-over', 'shared-worker-by-name'];
const files = [...wholeRun, ...sharingRun].filter(({ name }) => names.includes(name));

const byName = `exports.useByName = async (handle) => {
  const { id } = await handle.request({ type: 'who' });
  if (id === undefined) throw new Error('no answer');
};
`;

/** `carpool serve --listen` in this folder of that machine, until the end of the test. */
async function serve({ exec, address }: Machine, folder: string): Promise<string> {
  const temporary = mkdtempSync(join(tmpdir(), 'cp-'));
  const words = [...exec, process.execPath, join(modules, 'carpool/dist/cli.js'), 'serve', '--listen', `${address}:0`];
  const [command = '', ...args] = words;
  const env = { ...process.env, TMPDIR: temporary };
  const host = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(async () => {
    const ended = once(host, 'exit');
    host.kill('SIGTERM');
    await ended;
    rmSync(temporary, { recursive: true });
  });
  for await (const line of createInterface({ input: host.stdout })) {
    const [, found] = /for other machines: CARPOOL_ADDRESS='(.+)'/.exec(line) ?? [];
    if (found !== undefined) {
      host.stdout.resume();
      return found;
    }
  }
  throw new Error('the host has ended');
}

describe.skipIf(reason !== undefined)(
  `on another machine${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    test.for(runners)('$name needs an address, and nothing of that machine', { timeout: 180_000 }, async (runner) => {
      const two = twoMachines();
      onTestFinished(() => two.close());
      using there = new Project(runner, []);
      using here = new Project(runner, files);
      // That of the contract registers files, too, which is refused.
      here.write('sharing.cjs', byName);
      here.edit('carpool.config.mjs', 'command: process.execPath', "command: '/no/such/program'");
      const address = await serve(two.host, there.folder);
      const outcome = await here.run(runner.all, { under: two.runner.exec, env: { CARPOOL_ADDRESS: address } });
      expect(outcome.left).toEqual([]);
      const count = files.reduce((sum, { tests }) => sum + tests.length, 0);
      const statuses = outcome.tests.map(({ status }) => status);
      const printed = statuses.every((status) => status === 'passed') ? '' : outcome.output;
      expect({ statuses, printed }).toEqual({ statuses: Array.from({ length: count }, () => 'passed'), printed: '' });
      expect(outcome.output).toMatch(/carpool: echo: 1 child, \d+ sessions, peak [3-9]/);
      expect(here.notes('session-per-test').map(({ found }) => found)).toEqual(['nothing', 'nothing']);
    });

    test(
      'two shards with one address are two runs: they share what is of the machine',
      { timeout: 180_000 },
      async () => {
        const two = twoMachines();
        onTestFinished(() => two.close());
        using there = new Project(vitest, []);
        using here = new Project(vitest, twoShards);
        const address = await serve(two.host, there.folder);
        const outcomes = await Promise.all(
          [1, 2].map((number) =>
            here.run(['run', `--shard=${number}/2`], { under: two.runner.exec, env: { CARPOOL_ADDRESS: address } }),
          ),
        );
        for (const { code, output } of outcomes) expect([code, code === 0 ? '' : output]).toEqual([0, '']);
        const shared = here.notes('shared') as unknown as readonly {
          readonly values: Readonly<Record<'run' | 'machine', string>>;
          readonly leases: readonly string[];
        }[];
        expect(shared).toHaveLength(2);
        const [runs, machines] = (['run', 'machine'] as const).map((scope) =>
          shared.map(({ values }) => values[scope]),
        );
        expect([new Set(runs).size, new Set(machines).size]).toEqual([2, 1]);
        expect(shared.map(({ leases }) => leases.join(' ')).toSorted()).toEqual(['held LEASE_TAKEN', 'held held']);
      },
    );
  },
);

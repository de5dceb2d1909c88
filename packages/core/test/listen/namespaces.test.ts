// Two machines, as network namespaces: each with its own network, temporary folder and project. What is shared is a cable.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { noNamespaces, twoMachines, type Machine } from '@carpool/test-harness/namespaces';
import { expect, test } from 'vitest';
import { commandLine, config } from '../cli/carpool.ts';
import { closing, place } from '../support/pools.ts';

const reason = noNamespaces();
const skippedFor = reason === undefined ? '' : ` (skipped: ${reason})`;

type Said = {
  readonly what: string;
  readonly message?: string;
  readonly code?: string;
  readonly type?: string;
};

interface Process {
  next(): Promise<string>;
  write(line: string): void;
  kill(signal: NodeJS.Signals): void;
}

function run({ exec }: Machine, words: readonly string[], folder: string, env: NodeJS.ProcessEnv = {}): Process {
  const [command = '', ...args] = [...exec, ...words];
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, CARPOOL_ADDRESS: undefined, TMPDIR: folder, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  closing({
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  });
  child.stdin.on('error', () => {}); // it has ended
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => String((await lines.next()).value),
    write: (line) => void child.stdin.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
  };
}

interface Two {
  readonly runner: Machine;
  readonly host: Process;
  readonly client: Process;
  readonly address: string;
  said(): Promise<Said>;
}

/** A host on one machine, and a run with a session on the other, which has nothing but the address. */
async function served(): Promise<Two> {
  const { host: there, runner: here } = closing(twoMachines());
  config({ echoes: 'echo' });
  const host = run(there, commandLine('serve', '--listen', `${there.address}:0`), place().path);
  for (let lines = 0; lines < 2; lines++) await host.next();
  const [, address = ''] = /'(.+)'$/.exec(await host.next()) ?? [];
  const folder = join(place().path, 'elsewhere');
  mkdirSync(folder);
  const program = [process.execPath, join(import.meta.dirname, 'remote-client.mjs')];
  const client = run(here, program, folder, { CARPOOL_ADDRESS: address });
  const said = async (): Promise<Said> => JSON.parse(await client.next()) as Said;
  expect(await said()).toEqual({ what: 'ready' });
  expect(await host.next()).toMatch(/a test, \S+:\S+elsewhere, pid \d+, with the address of "serve": has come$/);
  return { runner: here, host, client, address, said };
}

test.skipIf(reason !== undefined)(
  `a cable that is pulled: both machines know it within 10 s, and say why${skippedFor}`,
  async () => {
    const { runner, host, client, address, said } = await served();
    client.write('ask');
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
    const since = performance.now();
    runner.cable('down');
    const [lost, gone] = await Promise.all([said(), host.next()]);
    expect(performance.now() - since).toBeLessThan(10_000);
    expect(lost.code).toBe('HUB_LOST');
    expect(lost.message).toMatch(
      /^The connection to the host was given up: no answer for \d+(?:\.\d)? s from the host at 10\.213\.7\.1:\d+\. It is stopped or blocked, its machine is gone, or the network between is cut$/,
    );
    expect(gone).toMatch(/: has gone, after \d+ m?s and 1 session$/);
    // A run that begins now does not wait without end.
    const late = run(runner, [process.execPath, join(import.meta.dirname, 'remote-client.mjs')], place().path, {
      CARPOOL_ADDRESS: address,
    });
    expect((JSON.parse(await late.next()) as Said).message).toMatch(
      /^Cannot reach the host at 10\.213\.7\.1:\d+: (?:no answer for 10 s|connect E(?:HOST|NET)UNREACH)/,
    );
  },
  60_000,
);

test.skipIf(reason !== undefined)(
  `a process that is killed while the cable is out is one that has left, and a short gap is none${skippedFor}`,
  async () => {
    const { runner, host, client, said } = await served();
    runner.cable('down');
    client.write('ask');
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // the gap itself
    runner.cable('up');
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
    runner.cable('down');
    client.kill('SIGKILL');
    const since = performance.now();
    expect(await host.next()).toMatch(/: has gone, after \d+ m?s and 1 session$/);
    expect(performance.now() - since).toBeLessThan(10_000);
  },
  60_000,
);

test.skipIf(reason !== undefined)(
  `a process that is only busy for 12 s is not taken for gone${skippedFor}`,
  async () => {
    const { client, said } = await served();
    client.write('block 12');
    expect(await said()).toEqual({ what: 'unblocked' });
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
  },
  60_000,
);

// Where no token may stand: in what other users and other processes can read.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linux } from '@carpool/test-harness/programs';
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { machineFolderName } from '../../src/hosts/machine-folder.ts';
import { carpool, config } from '../cli/carpool.ts';
import { closing, place } from '../support/pools.ts';
import { remoteRun } from './support.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What the system shows of the processes that carry a mark, or have a pid. */
function shown(host: number, folder: string): { readonly pid: number; readonly text: string }[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const [words, env] = ['cmdline', 'environ'].map((file) => contentOf(`/proc/${entry}/${file}`));
    const marked = Number(entry) === host || env?.includes(folder) === true;
    return marked ? [{ pid: Number(entry), text: `${words}\n${env}` }] : [];
  });
}

/** Of a process that ends meanwhile it is nothing. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

test.skipIf(!linux.holds)(
  `no token is in a command line, an environment, the log of the host, or what the commands show${linux.reason}`,
  async () => {
    config({ echoes: 'echo' });
    const { stdout } = await carpool('serve', '--detach', '--listen', '127.0.0.1:0');
    const host = Number(/process (\d+)/.exec(stdout)?.[1]);
    const address = /'(carpool\+tls:.+)'/.exec(stdout)?.[1] ?? '';
    const other = (await carpool('address', '--for', 'ci')).stdout.trim();
    const run = await remoteRun(address);
    const worker = String(run.provided.address);
    const client = closing(await HostClient.connect({ address: worker, runner: 'a test' }));
    const session = await client.register('echoes');
    const handed = await session.address();
    const tokens = [stdout, other, worker, handed].flatMap((text) => text.match(/[0-9a-f]{64}/g) ?? []);
    expect(new Set(tokens).size).toBe(5);
    const seen = shown(host, place().path);
    // The host, its child, and what tells that it is theirs.
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.some(({ pid }) => pid === host)).toBe(true);
    const log = readFileSync(join(place().path, machineFolderName(), 'log'), 'utf8');
    expect(log).toContain('has come');
    const commands = await Promise.all([carpool('ps', '--json'), carpool('ps'), carpool('doctor', '--json')]);
    const texts = [...seen.map(({ text }) => text), log, ...commands.map((ended) => ended.stdout + ended.stderr)];
    for (const token of tokens) for (const text of texts) expect(text.includes(token)).toBe(false);
    client.close();
    await run.stop();
    await carpool('stop');
  },
);

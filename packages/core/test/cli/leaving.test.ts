// A host that is being taken out, as its operator sees it: `ps`, `stop`, a start in its place, and its log.
import { expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import type { AnsweringHost, Processes } from '../../src/cli/ps/types.ts';
import { isRemote, parseAddress, resolveAddress } from '../../src/wire/address.ts';
import { serving, type Serving } from '../listen/support.ts';
import { closing, until } from '../support/pools.ts';
import { carpool, config, start } from './carpool.ts';

/** Another host has sent a session there. */
async function sentThere({ address }: Serving): Promise<{ readonly end: () => Promise<void> }> {
  const place = parseAddress(address);
  if (!isRemote(place)) throw new Error('it is no address of another machine');
  const main = closing(await HostClient.connect({ address, runner: 'another host' }));
  const run = { id: 'a', folder: '/code', runner: 'a test', pid: 1 };
  const nothing = { root: '', env: {}, cwd: '', configTimeout: 60_000 };
  const opened = await main.ask({ method: 'openRun', run, ...nothing, sessionsOnly: true }, 60_000);
  const worker = closing(
    await HostClient.connect({ address: resolveAddress(opened.address, place), runner: 'another host' }),
  );
  const session = await worker.register('echoes');
  return {
    async end() {
      await session.unregister();
      worker.close();
      main.close();
    },
  };
}

async function hosts(): Promise<readonly AnsweringHost[]> {
  const { stdout } = await carpool('ps', '--json');
  return (JSON.parse(stdout) as Processes).hosts.filter((host) => host.state === 'answers');
}

async function leaving(...more: string[]) {
  config({ echoes: 'echo' });
  const host = await serving('127.0.0.1:0', ...more);
  const sent = await sentThere(host);
  const [{ pid } = { pid: 0 }] = await hosts();
  const lines: string[] = [];
  const read = async (): Promise<void> => {
    const line = await host.next();
    if (line === 'undefined') return;
    lines.push(line);
    await read();
  };
  const ended = read();
  host.end();
  await until('it leaves', () => lines.some((line) => line.includes('Z leaving: 1 session of 1 run is open')));
  return { ...sent, host, pid, lines, ended };
}

/** What it has printed of its end. */
function last(lines: readonly string[]): string | undefined {
  return lines.find((line) => line.includes('Z the host of this machine '))?.replace(/^\S+ /, '');
}

test('what it waits for is shown, it is named where another one is to listen, and `stop` ends it', async () => {
  const { host, pid, lines, ended } = await leaving('--leave', '500s');
  const [shown] = await hosts();
  expect(shown?.leaving).toEqual({ sessions: 1, runs: 1, left: expect.any(Number) as number });
  expect(shown?.leaving?.left).toBeLessThanOrEqual(500_000);
  const { stdout } = await carpool('ps');
  expect(stdout).toMatch(/^ {2}leaving: 1 session of 1 run is open, at most \d min more$/m);
  expect(stdout).not.toContain('does not end by itself');
  const place = parseAddress(host.address);
  const port = isRemote(place) ? place.port : 0;
  // On all addresses, too.
  for (const at of ['127.0.0.1', '0.0.0.0']) {
    const { code, stderr } = await carpool('serve', '--listen', `${at}:${port}`);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        new RegExp(
          `^carpool: Cannot listen on ${at}:${port}: listen EADDRINUSE.*\\. Process ${pid} listens there, a host of this machine that is leaving: 1 session of 1 run is open, at most \\d min more\\. Start this one when it has ended; \`carpool stop ${pid}\` ends it at once \\[HUB_UNREACHABLE\\]\n$`,
        ),
      ),
    ]);
  }
  const stopped = await carpool('stop');
  expect([stopped.code, stopped.stdout]).toEqual([
    0,
    `carpool: the host of this machine has ended: process ${pid}, with 1 run and 1 child\n`,
  ]);
  await ended;
  expect(last(lines)).toBe(
    'the host of this machine ends, by `carpool stop`, with 1 run, 1 session, 0 leases: the tests that use it fail',
  );
});

test('`stop` ends the host that was started since, and names the one that leaves', async () => {
  const { pid, end, ended } = await leaving('--leave', 'never');
  expect((await carpool('serve', '--detach')).code).toBe(0);
  const seen = await hosts();
  expect(seen.map(({ leaving: leaves }) => leaves)).toEqual([undefined, { sessions: 1, runs: 1 }]);
  const { code, stdout } = await carpool('stop');
  expect([code, stdout]).toEqual([
    0,
    `carpool: the host of this machine has ended: process ${seen[0]?.pid}, with 0 runs and 0 children\n` +
      `carpool: the host of this machine that ran before is leaving: 1 session of 1 run is open; \`carpool stop ${pid}\` ends it at once\n`,
  ]);
  await end();
  await ended;
});

test('one that has left says so in its log, and nothing that tests are told', async () => {
  const { end, ended, lines } = await leaving('--leave', '60s');
  await end();
  await ended;
  expect(last(lines)).toBe('the host of this machine has left in order, by SIGTERM: no test uses it');
  expect(lines.join('\n')).not.toContain('Run the tests again');
});

test.each(['SIGTERM', '`carpool stop`'])('one that nothing uses ends in order: by %s', async (by) => {
  config({ echoes: 'echo' });
  const { process: child, ended } = start('serve');
  await new Promise((resolve) => child.stdout!.once('data', resolve));
  if (by === 'SIGTERM') child.kill('SIGTERM');
  else await carpool('stop');
  const { stdout, code } = await ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`Z the host of this machine ends in order, by ${by}: no test uses it\n`));
  expect(stdout).not.toContain('Run the tests again');
});

test('a name that does not resolve is said at the start, and by those that try it', async () => {
  config({ echoes: 'echo' });
  const { process: child, ended } = start('serve', '--listen', '127.0.0.1:0', '--name', 'no-such-host.invalid');
  const text: string[] = [];
  child.stdout!.on('data', (chunk: Buffer) => text.push(String(chunk)));
  const address = (): string | undefined => /'(carpool\+tls:.*)'/.exec(text.join(''))?.[1];
  await vi.waitUntil(() => address() !== undefined, { timeout: 20_000 });
  await expect(HostClient.connect({ address: address() ?? '', runner: 'a test' })).rejects.toMatchObject({
    code: 'HUB_UNREACHABLE',
    message: expect.stringMatching(
      /^Cannot reach the host at no-such-host\.invalid:\d+: its name does not resolve on this machine \(getaddrinfo (?:ENOTFOUND|EAI_AGAIN) no-such-host\.invalid\)\. It is what `carpool serve --name` of that machine says: give a name there that resolves here, or none, for its numeric address$/,
    ) as string,
  });
  child.kill('SIGTERM');
  expect((await ended).stderr).toMatch(
    /^carpool: the name no-such-host\.invalid does not resolve on this machine \(getaddrinfo \w+ no-such-host\.invalid\)\. Other machines reach this host by that name alone: it must resolve there\n$/,
  );
});

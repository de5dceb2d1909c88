// Two machines, as network namespaces: each with its own network, temporary folder and project. What is shared is a cable.
import { noNamespaces, twoMachines } from '@carpool/test-harness/namespaces';
import { expect, test } from 'vitest';
import { closing, place } from '../support/pools.ts';
import { remoteClient, run, served, type Said } from './two-machines.ts';

const reason = noNamespaces();
const skippedFor = reason === undefined ? '' : ` (skipped: ${reason})`;

test.skipIf(reason !== undefined)(
  `a cable that is pulled: both machines notice it, and say why${skippedFor}`,
  async () => {
    const { runner, host, client, address, said } = await served(closing(twoMachines()));
    client.write('ask');
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
    const since = performance.now();
    runner.cable('down');
    const [lost, gone] = await Promise.all([said(), host.next()]);
    // By their turns within 10 s; on a busy machine each of them is late.
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(lost.code).toBe('HUB_LOST');
    expect(lost.message).toMatch(
      /^The connection to the host was given up: no answer for \d+(?:\.\d)? s from the host at 10\.213\.7\.1:\d+\. It is stopped or blocked, its machine is gone, or the network between is cut$/,
    );
    expect(gone).toMatch(/: has gone, after \d+ m?s and 1 session$/);
    // A run that begins now does not wait without end.
    const late = run(runner, remoteClient, place().path, { CARPOOL_ADDRESS: address });
    expect((JSON.parse(await late.next()) as Said).message).toMatch(
      /^Cannot reach the host at 10\.213\.7\.1:\d+: (?:no answer for 10 s|connect E(?:HOST|NET)UNREACH)/,
    );
  },
  120_000,
);

test.skipIf(reason !== undefined)(
  `a process that is killed while the cable is out is one that has left, and a short gap is none${skippedFor}`,
  async () => {
    const { runner, host, client, said } = await served(closing(twoMachines()));
    runner.cable('down');
    client.write('ask');
    await new Promise((resolve) => setTimeout(resolve, 3_000)); // the gap itself
    runner.cable('up');
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
    runner.cable('down');
    client.kill('SIGKILL');
    const since = performance.now();
    expect(await host.next()).toMatch(/: has gone, after \d+ m?s and 1 session$/);
    expect(performance.now() - since).toBeLessThan(15_000);
  },
  120_000,
);

test.skipIf(reason !== undefined)(
  `a process that is only busy for 12 s is not taken for gone${skippedFor}`,
  async () => {
    const { client, said } = await served(closing(twoMachines()));
    client.write('block 12');
    expect(await said()).toEqual({ what: 'unblocked' });
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
  },
  120_000,
);

test.skipIf(reason !== undefined)(
  `a host that is silent for 9.5 s while its machine answers is not given up; one that stays silent is${skippedFor}`,
  async () => {
    const { hostPid, client, said } = await served(closing(twoMachines()));
    closing({ close: () => process.kill(hostPid, 'SIGCONT') });
    process.kill(hostPid, 'SIGSTOP');
    client.write('ask');
    await new Promise((resolve) => setTimeout(resolve, 9_500)); // its silence itself
    process.kill(hostPid, 'SIGCONT');
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
    process.kill(hostPid, 'SIGSTOP');
    const since = performance.now();
    const { code, message } = await said();
    // A turn more than the last, and what a busy machine adds.
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(code).toBe('HUB_LOST');
    expect(message).toMatch(
      /no answer for 1\d(?:\.\d)? s from the host at 10\.213\.7\.1:\d+\. Its machine answers: the host is stopped, or blocked by code of the config that runs in it, or that machine is overloaded$/,
    );
  },
  120_000,
);

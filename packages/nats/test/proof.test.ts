/**
 * Four hosts, each a process of its own, and a cluster of three, while a seed kills and stops hosts and nodes, the leader too,
 * or all nodes at once. A recorder hears of each grant, each loss and each release, and checks them by their fences.
 * CARPOOL_SEEDS=1-100 for other schedules.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clusterState, type ClusterState } from './support/cluster-state.ts';
import { Recorder, type HostProcess } from './support/recorder.ts';
import { binary, cluster, reason, type NatsServer } from './support/servers.ts';
import { Timeline } from './support/timeline.ts';

const [first = 1, last = 2] = (process.env['CARPOOL_SEEDS'] ?? '1-1').split('-').map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, number) => first + number);
const ttl = 4_000;
const names = ['db', 'printer'];

/** No server is lost before the others have all that it had: else writes are lost that were acknowledged (docs/reach.md). */
async function whenCurrent(servers: readonly string[]): Promise<ClusterState> {
  let state: ClusterState | undefined;
  await expect
    .poll(
      async () => {
        // There is no leader at the moment, or no server.
        state = await clusterState(servers).catch(() => undefined);
        return state?.current;
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBe(true);
  if (state === undefined) throw new Error('the cluster was not seen');
  return state;
}

describe.skipIf(binary === undefined)(`proof${reason}`, () => {
  test.each(seeds)(
    'seed %i: no lease is held by two at a time, and all goes on when the faults are over',
    async (seed) => {
      const nodes = await cluster();
      const servers = nodes.map(({ url }) => url);
      const recorder = new Recorder({ servers: servers.join(','), run: `seed-${seed}`, ttl, names });
      onTestFinished(() => recorder.killAll());
      for (let count = 0; count < 4; count++) recorder.start();
      await expect.poll(() => recorder.grants, { timeout: 40_000 }).toBeGreaterThan(20);

      const random = new Timeline(seed);
      const one = <T>(all: readonly T[]): T => all[Math.floor(random.random() * all.length)]!;
      const restart = async (some: readonly NatsServer[]): Promise<void> => {
        await Promise.all(some.map((node) => node.kill()));
        await pause(random.random() * 2_000);
        await Promise.all(some.map((node) => node.start()));
      };
      const faults: Readonly<Record<string, () => Promise<void>>> = {
        async killHost() {
          await recorder.kill(one([...recorder.hosts]));
          recorder.start();
        },
        async stopHost() {
          const host: HostProcess = one([...recorder.hosts]);
          host.stopped = true;
          host.child.kill('SIGSTOP');
          await pause(random.random() * 2 * ttl);
          host.child.kill('SIGCONT');
        },
        async killNode() {
          await whenCurrent(servers);
          await restart([one(nodes)]);
        },
        async killLeader() {
          const { leader } = await whenCurrent(servers);
          await restart(nodes.filter((_, number) => leader === `n${number}`));
        },
        killAllNodes: () => restart(nodes),
        async stopNode() {
          await whenCurrent(servers);
          const node = one(nodes);
          node.signal('SIGSTOP');
          await pause(random.random() * ttl);
          node.signal('SIGCONT');
        },
      };
      const done: string[] = [];
      for (let count = 0; count < 5; count++) {
        const name = one(Object.keys(faults));
        done.push(name);
        await faults[name]?.();
        await pause(random.random() * 3_000);
        // The next one comes before all hosts go on, or some time after it.
        const enough = recorder.grants + (random.random() < 0.5 ? 20 : -1);
        await expect.poll(() => recorder.grants, { timeout: 60_000 }).toBeGreaterThan(enough);
      }

      const before = new Map([...recorder.hosts].map((host) => [host, host.grants]));
      await expect
        .poll(() => [...before].filter(([host, grants]) => host.grants <= grants).length, { timeout: 60_000 })
        .toBe(0);
      if (process.env['CARPOOL_SEEDS'] !== undefined) {
        const { grants, lost, refused } = recorder;
        console.log(`seed ${seed}: ${done.join(', ')}; ${grants} grants, ${lost} lost, ${refused} refused`);
      }
      expect(recorder.faults).toEqual([]);
      await recorder.stopAll();
    },
    240_000,
  );
});

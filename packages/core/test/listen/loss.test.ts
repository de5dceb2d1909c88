// Two machines with a network between them that takes time, loses packets by a seed, and is cut.
import { lossyNetwork, noLossyNetwork, type LossyNetwork } from '@carpool/test-harness/lossy-network';
import { expect, test } from 'vitest';
import { closing, place } from '../support/pools.ts';
import { remoteClient, run, served, type Said } from './two-machines.ts';

const reason = noLossyNetwork();
const skippedFor = reason === undefined ? '' : ` (skipped: ${reason})`;

const network = async (seed: number): Promise<LossyNetwork> => closing(await lossyNetwork(seed));

test.skipIf(reason !== undefined)(
  `with 40 ms each way and one packet of 20 lost, all is whole, and nothing is given up${skippedFor}`,
  async () => {
    const between = await network(1);
    await between.set({ delay: 40, loss: 0.05 });
    const { client, said } = await served(between);
    client.write('echo 200 100');
    expect(await said()).toEqual({ what: 'echoed', right: 200 });
    client.write('echo 1 200000');
    expect(await said()).toEqual({ what: 'echoed', right: 1 });
    // A process that is busy misses nothing by the probes that are lost.
    client.write('block 10');
    expect(await said()).toEqual({ what: 'unblocked' });
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
    const { lost, passed } = await between.set({});
    expect(lost).toBeGreaterThan(0);
    expect(lost / (lost + passed)).toBeLessThan(0.2);
  },
  120_000,
);

/**
 * What holds, and for how many milliseconds. After a gap nothing is lost for a while: each packet of TCP that is lost again
 * doubles the time to the next one, and after 7 s of silence a connection is given up, as it shall be.
 */
function* weather(seed: number): Generator<readonly [delay: number, loss: number, time: number]> {
  let state = seed;
  const next = (): number => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let step = 0; step < 8; step++) {
    const cut = next() < 0.25;
    yield [Math.round(next() * 100), cut ? 1 : next() * 0.1, cut ? 500 + next() * 1_500 : 500 + next() * 1_000];
    if (cut) yield [Math.round(next() * 100), 0, 2_000];
  }
}

test.skipIf(reason !== undefined).for([1, 2, 3])(
  `delay and loss that change, and gaps of up to 2 s, by the seed %i: each reply comes, and whole${skippedFor}`,
  { timeout: 120_000 },
  async (seed) => {
    const between = await network(seed);
    const { client, said } = await served(between);
    let over = false;
    const changing = (async () => {
      for (const [delay, loss, time] of weather(seed)) {
        await between.set({ delay, loss });
        await new Promise((resolve) => setTimeout(resolve, time)); // the weather itself
      }
      await between.set({ delay: 5, loss: 0 });
      over = true;
    })();
    for (let rounds = 0; !over; rounds++) {
      client.write(`echo 20 ${rounds % 3 === 0 ? 5_000 : 50}`);
      expect(await said()).toEqual({ what: 'echoed', right: 20 });
    }
    await changing;
    client.write('echo 20 50');
    expect(await said()).toEqual({ what: 'echoed', right: 20 });
  },
);

test.skipIf(reason !== undefined)(
  `a partition of a slow network: both sides notice it, and after it a run comes again${skippedFor}`,
  async () => {
    const between = await network(4);
    await between.set({ delay: 40, loss: 0.02 });
    const { client, host, address, said } = await served(between);
    client.write('ask');
    expect(await said()).toEqual({ what: 'reply', type: 'reply' });
    const since = performance.now();
    await between.set({ loss: 1 });
    const [lost, gone] = await Promise.all([said(), host.next()]);
    // By their turns within 10 s; on a busy machine each of them is late.
    expect(performance.now() - since).toBeLessThan(15_000);
    expect(lost.code).toBe('HUB_LOST');
    expect(lost.message).toMatch(/its machine is gone, or the network between is cut$/);
    expect(gone).toMatch(/: has gone, after \d+ m?s and 1 session$/);
    await between.set({ loss: 0.02 });
    const again = run(between.runner, remoteClient, place().path, { CARPOOL_ADDRESS: address });
    expect((JSON.parse(await again.next()) as Said).what).toBe('ready');
  },
  120_000,
);

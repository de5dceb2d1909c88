import { getPort, lock, once, reservations, semaphore } from '../../../src/entry/coordination.ts';
import { expect, test } from 'vitest';

const emulator = lock('emulator', { scope: 'machine' });
const simulators = semaphore('simulators', 2, { scope: 'machine' });
const accounts = reservations('accounts', { scope: 'machine' });

test('uses what this machine has once', async () => {
  using _ = await emulator.acquire();
  using simulator = await simulators.acquire();
  const { values } = await accounts.reserve(['ann', 'ben', 'cas']);
  expect([simulator.weight, values.length]).toEqual([1, 3]);
});

test('has a port that no other run gets, and a value that one run has computed for all', async () => {
  const port = await getPort({ scope: 'machine' });
  const image = await once('image', buildImage, { scope: 'machine', keep: { inputs: [1], maxAge: 3_600_000 } });
  expect([port, image]).toEqual([expect.any(Number), 'sha256:…']);
});

test('stops when the machine has lost what it holds', async () => {
  const held = await emulator.acquire();
  await work({ signal: held.lost });
  expect(held.held).toBe(true);
});

async function buildImage(): Promise<string> {
  return 'sha256:…';
}

async function work({ signal }: { signal: AbortSignal }): Promise<void> {
  signal.throwIfAborted();
}

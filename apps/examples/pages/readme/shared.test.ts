import { getPort, lock, once } from 'carpool/coordination';
import { registerSharedWorker } from 'carpool/shared-worker';
import { expect, test } from 'vitest';

/** Stands for what takes long. */
const logIn = async (port: number): Promise<string> => `secret of ${port}`;
const visitors = registerSharedWorker({ filename: new URL('./visitors.worker.ts', import.meta.url) });

test('talks with a program that lives as long as the run', async () => {
  expect(await visitors.request('one more')).toBeGreaterThan(0);
});

test('shares what must not be done twice', async () => {
  const port = await getPort(); // given to no other test until this one ends
  const token = await once('token', () => logIn(port)); // computed by the first test of the run that asks
  using _turn = await lock('report.txt').acquire(); // one test at a time, of all workers
  expect(token).toContain('secret');
});

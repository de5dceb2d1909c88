import { expect, test } from 'vitest';
import { Spin } from './spin.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function inVain(spin: Spin): Promise<void> {
  spin.expect();
  while (spin.polling) await turn();
}

test('polls until it came, or for its time', async () => {
  const spin = new Spin(10_000);
  spin.expect();
  spin.expect();
  await turn();
  expect(spin.polling).toBe(true);
  spin.came();
  await turn();
  await turn();
  expect(spin.polling).toBe(false);
  const short = new Spin(0.1);
  await inVain(short);
  expect(short.polling).toBe(false);
});

test('is given up where nothing comes in time, and tried again now and then', async () => {
  const spin = new Spin(0.01);
  for (let n = 0; n < 3; n++) await inVain(spin);
  const polled = (): boolean => {
    spin.expect();
    return spin.polling;
  };
  expect(Array.from({ length: 15 }, polled)).not.toContain(true);
  expect(polled()).toBe(true);
  while (spin.polling) await turn();
  expect(Array.from({ length: 15 }, polled)).not.toContain(true);
  expect(polled()).toBe(true);
  spin.came();
  await turn();
  await turn();
  // It helped.
  expect(polled()).toBe(true);
});

/** Waits of the field: for what its journal, or a server, shows. */
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds for all to be as it was. */
export const patience = 60_000;

export async function until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await is())) {
    if (performance.now() > deadline) throw new Error(`${what}: not so after ${patience / 1_000} s`);
    await pause(50);
  }
}

export async function found<Found>(what: string, find: () => Found | undefined): Promise<Found> {
  let one: Found | undefined;
  await until(what, () => (one = find()) !== undefined);
  return one as Found;
}

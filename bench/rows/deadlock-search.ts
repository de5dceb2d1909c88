/**
 * One call that closes a cycle of calls which wait for each other: through 8,000 locks, against 1,000. The time for each lock
 * of the cycle must not depend on how many there are: the host answers no other call meanwhile.
 */
import { startHost } from 'carpool/adapter/main-process';
import { compared, interleave, timed, type Contestant } from '../measure.ts';
import { RawWorker } from '../raw-worker.ts';
import type { Row } from '../row.ts';

/** Takes `size` locks, and waits for all but the last: each call holds one lock and waits for the next. */
async function cycleOf(size: number, address: string): Promise<{ worker: RawWorker; close: Contestant }> {
  const worker = await RawWorker.join(address);
  const lock = (number: number): object => ({ kind: 'lock', size: 1, weight: 1, name: `${size}: ${number % size}` });
  const take = (number: number): object => ({ method: 'acquire', lease: number + 1, ...lock(number) });
  const wait = (number: number, lease: number): object => ({
    method: 'acquire',
    lease,
    ...lock(number + 1),
    chain: [number + 1],
    timeout: 600_000,
  });
  for (let number = 0; number < size; number++) await worker.call(take(number));
  for (let number = 0; number < size - 1; number++) worker.ask(wait(number, size + number + 1));
  let lease = 2 * size;
  const close = async (): Promise<number> => {
    let answer: Record<string, unknown> = {};
    const time = await timed(async () => void (answer = await worker.call(wait(size - 1, ++lease))));
    if (answer['code'] !== 'LEASE_DEADLOCK') throw new Error(`The cycle was not found: ${JSON.stringify(answer)}`);
    return (time * 1_000) / size;
  };
  return { worker, close };
}

const row: Row = async (options) => {
  await using host = await startHost({ root: `${import.meta.dirname}/../one-pool` });
  const many = await cycleOf(options.quick ? 2_000 : 8_000, host.address);
  const few = await cycleOf(options.quick ? 500 : 1_000, host.address);
  const contestants = { baseline: few.close, many: many.close };
  const measures = await interleave(contestants, { rounds: 9, warmUps: 3 }, options);
  for (const { worker } of [many, few]) worker.close();
  const budget = { limit: 1.5, side: 'at most' } as const;
  const label = 'a deadlock through 8,000 locks, each; 1,000';
  const naming = {
    id: 'deadlock-search',
    section: 'coordination',
    label,
    quantity: 'wall',
    unit: 'µs',
    budget,
  } as const;
  return [compared(naming, measures.many, measures.baseline)];
};
export default row;

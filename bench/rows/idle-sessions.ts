/**
 * The round trip of a session while 1,000 others are open and idle, against the same session alone. One host, one worker
 * and one child serve both, so that nothing but the idle sessions differs: they are opened and closed round by round.
 */
import { connectClient } from 'carpool/adapter/test-process';
import { startHost } from 'carpool/adapter/main-process';
import { compared, interleave, median, timed } from '../measure.ts';
import type { Row } from '../row.ts';
import { small } from './relay-round-trip.ts';

const idle = 1_000;

const row: Row = async (options) => {
  await using host = await startHost({ root: `${import.meta.dirname}/..` });
  const client = await connectClient({ address: host.address, runner: 'bench' });
  const session = await client.register('echo');
  const trips = options.quick ? 200 : 2_000;
  const trip = async (): Promise<number> => {
    const all: number[] = [];
    // The first round trips collect the garbage of opening and closing a thousand sessions in three processes.
    for (let count = -trips / 4; count < trips; count++) {
      const time = await timed(() => session.request(small));
      if (count >= 0) all.push(time);
    }
    return median(all) * 1_000;
  };
  const crowded = async (): Promise<number> => {
    const others = await Promise.all(Array.from({ length: idle }, () => client.register('echo')));
    const time = await trip();
    await Promise.all(others.map((other) => other.unregister()));
    return time;
  };
  const measures = await interleave({ baseline: trip, crowded }, { rounds: 9, warmUps: 2 }, options);
  client.close();
  const budget = { limit: 1.1, side: 'at most' } as const;
  const label = 'with 1,000 idle sessions; against none';
  const naming = { id: 'idle-sessions', section: 'message', label, quantity: 'wall', unit: 'µs', budget } as const;
  return [compared(naming, measures.crowded, measures.baseline)];
};
export default row;

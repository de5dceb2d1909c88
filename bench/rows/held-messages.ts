/**
 * A request that a gate holds back until the one before it is answered: 20,000 made at once, against 500 at once. The time
 * for each must not depend on how many wait.
 */
import { createPool, sessionField } from 'carpool';
import type { Gate, Protocol } from 'carpool/protocol';
import { compared, interleave, timed } from '../measure.ts';
import { childFile } from '../relay-paths.ts';
import type { Row } from '../row.ts';

function oneAtATime(): Gate {
  let waiting = false;
  return {
    admits: () => !waiting,
    sent: () => void (waiting = true),
    received: () => void (waiting = false),
  };
}

function gated(): Protocol {
  const plain = sessionField();
  return { ...plain, open: ({ freshId }) => ({ wireId: freshId, close: () => {}, gate: oneAtATime() }) };
}

const row: Row = async (options) => {
  await using pool = createPool({ command: process.execPath, args: [childFile('echo')], protocol: gated });
  const session = await pool.register();
  const all = options.quick ? 4_000 : 20_000;
  const some = 500;
  const burst = async (count: number): Promise<void> => {
    const options = { timeout: 600_000 };
    await Promise.all(Array.from({ length: count }, (_, value) => session.request({ type: 'x', value }, options)));
  };
  const each = async (atOnce: number): Promise<number> => {
    const time = await timed(async () => {
      for (let made = 0; made < all; made += atOnce) await burst(atOnce);
    });
    return (time * 1_000) / all;
  };
  const contestants = { baseline: () => each(some), many: () => each(all) };
  const measures = await interleave(contestants, { rounds: 5, warmUps: 1, most: 9 }, options);
  const budget = { limit: 1.5, side: 'at most' } as const;
  const label = 'in process, 20,000 held by a gate; 500 held';
  const naming = { id: 'held-messages', section: 'message', label, quantity: 'wall', unit: 'µs', budget } as const;
  return [compared(naming, measures.many, measures.baseline)];
};
export default row;

/**
 * What a test waits for its session where `open` of the protocol takes 20 ms, as the copy of a database does: with sessions
 * kept warm, against without. Tests take 30 ms, in which the next session is opened.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPool, sessionField, type Pool, type Protocol } from 'carpool';
import { compared, interleave, median, timed, type Contestant } from '../measure.ts';
import type { Row } from '../row.ts';

const opening = 20;
const test = 30;

const field = sessionField({ close: { send: { type: 'reset' }, expect: { type: 'reset' } } });
const { open } = field;
if (open === undefined) throw new Error('A session field has no `open`');
const protocol: Protocol = {
  ...field,
  async open(port) {
    await pause(opening);
    return await open(port);
  },
};

function poolOf(warm: number): Pool {
  const args = [fileURLToPath(new URL('../children/echo.ts', import.meta.url))];
  return createPool({ command: process.execPath, args, codec: 'msgpack', protocol, maxSessions: 8, warm });
}

const row: Row = async (options) => {
  await using cold = poolOf(0);
  await using warm = poolOf(2);
  const tests = options.quick ? 5 : 20;
  const contestant =
    (pool: Pool): Contestant =>
    async () => {
      const waits: number[] = [];
      for (let count = 0; count < tests; count++) {
        let session: Awaited<ReturnType<Pool['register']>> | undefined;
        waits.push(
          await timed(async () => {
            session = await pool.register();
          }),
        );
        await pause(test);
        await session?.unregister();
      }
      return median(waits);
    };
  const contestants = { baseline: contestant(cold), warm: contestant(warm) };
  const measures = await interleave(contestants, { rounds: 9, warmUps: 2 }, options);
  const label = 'a session whose `open` takes 20 ms, kept warm; against opened when it is wanted';
  const budget = { limit: 0.1, side: 'at most' } as const;
  const naming = { id: 'warm-session', section: 'test', label, quantity: 'wall', unit: 'ms', budget } as const;
  return [compared(naming, measures.warm, measures.baseline)];
};
export default row;

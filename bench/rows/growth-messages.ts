/** Replies of 100 bytes to 48 MiB, one at a time, against a raw relay. */
import { compared, interleave, median, timed, type Contestant } from '../measure.ts';
import { carpoolWay, rawWay, type Way } from '../relay-paths.ts';
import type { Result, Row } from '../row.ts';

const sizes = [
  { bytes: 100, words: '100 B', replies: 500 },
  { bytes: 1_024, words: '1 KiB', replies: 500 },
  { bytes: 10 * 1_024, words: '10 KiB', replies: 500 },
  { bytes: 100 * 1_024, words: '100 KiB', replies: 200 },
  { bytes: 1_024 ** 2, words: '1 MiB', replies: 50 },
  { bytes: 16 * 1_024 ** 2, words: '16 MiB', replies: 7 },
  { bytes: 48 * 1_024 ** 2, words: '48 MiB', replies: 3 },
] as const;

const row: Row = async (options) => {
  await using baseline = await rawWay('blob');
  await using relayed = await carpoolWay('blob');
  const results: Result[] = [];
  for (const { bytes, words, replies } of sizes) {
    const count = options.quick ? Math.ceil(replies / 10) : replies;
    const contestant =
      ({ session }: Way): Contestant =>
      async () => {
        const all: number[] = [];
        for (let reply = 0; reply < count; reply++) {
          all.push(await timed(() => session.request({ type: 'blob', size: bytes })));
        }
        return median(all);
      };
    const contestants = { baseline: contestant(baseline), relayed: contestant(relayed) };
    const measures = await interleave(contestants, { rounds: 7, warmUps: 2, most: 11 }, options);
    const label = `a reply of ${words}; against a raw relay`;
    const naming = { id: `growth-message-${bytes}`, section: 'growth', label, quantity: 'wall', unit: 'ms' } as const;
    results.push(compared(naming, measures.relayed, measures.baseline));
  }
  return results;
};
export default row;

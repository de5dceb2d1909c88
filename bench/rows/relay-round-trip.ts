/**
 * One request of 100 bytes at a time: worker → host → child → host → worker. The measure is the median of the round trips
 * of a block, because a few outliers, delayed by other load, would dominate a mean.
 */
import { compared, interleave, median, timed, type Contestant } from '../measure.ts';
import type { Row } from '../row.ts';
import { carpoolWay, rawWay, type Way } from '../relay-paths.ts';

/** With `session` and `id`, about 100 bytes. */
export const small: Record<string, unknown> = { type: 'echo', text: 'x'.repeat(64) };

const row: Row = async (options) => {
  await using baseline = await rawWay('echo');
  await using relayed = await carpoolWay('echo');
  await using opaque = await carpoolWay('echoOpaque');
  const trips = options.quick ? 200 : 1_500;
  const contestant =
    ({ session }: Way): Contestant =>
    async () => {
      const all: number[] = [];
      for (let trip = 0; trip < trips; trip++) all.push(await timed(() => session.request(small)));
      return median(all) * 1_000;
    };
  const contestants = { baseline: contestant(baseline), relayed: contestant(relayed), opaque: contestant(opaque) };
  const measures = await interleave(contestants, { rounds: 9, warmUps: 3 }, options);
  const naming = { section: 'message', quantity: 'wall', unit: 'µs' } as const;
  const budget = { limit: 1.1, side: 'at most' } as const;
  return [
    compared(
      { ...naming, id: 'relay-round-trip', label: 'request → reply, 100 B; against a raw relay', budget },
      measures.relayed,
      measures.baseline,
    ),
    compared(
      { ...naming, id: 'relay-round-trip-general', label: '  the same, decoded and encoded again' },
      measures.opaque,
      measures.baseline,
    ),
  ];
};
export default row;

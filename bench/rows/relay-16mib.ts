/** A request that is answered with 16 MiB of binary, one at a time. The measure is the median of the replies of a block. */
import { compared, interleave, median, timed, type Contestant } from '../measure.ts';
import type { Row } from '../row.ts';
import { carpoolWay, rawWay, type Way } from '../relay-paths.ts';

const request = { type: 'blob', size: 16 * 1024 * 1024 };

const row: Row = async (options) => {
  await using baseline = await rawWay('blob');
  await using relayed = await carpoolWay('blob');
  await using opaque = await carpoolWay('blobOpaque');
  const replies = options.quick ? 2 : 7;
  const contestant =
    ({ session }: Way): Contestant =>
    async () => {
      const all: number[] = [];
      for (let reply = 0; reply < replies; reply++) all.push(await timed(() => session.request(request)));
      return median(all);
    };
  const contestants = { baseline: contestant(baseline), relayed: contestant(relayed), opaque: contestant(opaque) };
  const measures = await interleave(contestants, { rounds: 9, warmUps: 2 }, options);
  const naming = { section: 'message', quantity: 'wall', unit: 'ms' } as const;
  const budget = { limit: 1.3, side: 'at most' } as const;
  return [
    compared(
      { ...naming, id: 'relay-16mib', label: 'a reply of 16 MiB; against a raw relay', budget },
      measures.relayed,
      measures.baseline,
    ),
    compared(
      { ...naming, id: 'relay-16mib-general', label: '  the same, decoded and encoded again' },
      measures.opaque,
      measures.baseline,
    ),
  ];
};
export default row;

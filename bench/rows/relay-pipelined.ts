/** Requests of 100 bytes with 500 of them in flight: a reply is followed by the next request at once. */
import { compared, interleave, timed, type Contestant } from '../measure.ts';
import type { Row } from '../row.ts';
import { carpoolWay, rawWay, type Asked, type Way } from '../relay-paths.ts';
import { small } from './relay-round-trip.ts';

/** Requests per second, with so many in flight. */
export async function throughput(session: Asked, requests: number, inFlight: number): Promise<number> {
  let left = requests;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await session.request(small);
  };
  const lanes = (): Promise<unknown> => Promise.all(Array.from({ length: inFlight }, lane));
  return requests / ((await timed(lanes)) / 1_000);
}

const row: Row = async (options) => {
  await using baseline = await rawWay('echo');
  await using relayed = await carpoolWay('echo');
  await using opaque = await carpoolWay('echoOpaque');
  const requests = options.quick ? 5_000 : 30_000;
  const contestant =
    ({ session }: Way): Contestant =>
    () =>
      throughput(session, requests, 500);
  const contestants = { baseline: contestant(baseline), relayed: contestant(relayed), opaque: contestant(opaque) };
  const measures = await interleave(contestants, { rounds: 9, warmUps: 3, most: 13 }, options);
  const naming = { section: 'message', quantity: 'rate', unit: 'requests/s' } as const;
  const budget = { limit: 0.9, side: 'at least' } as const;
  return [
    compared(
      { ...naming, id: 'relay-pipelined', label: '500 in flight, 100 B; against a raw relay', budget },
      measures.relayed,
      measures.baseline,
    ),
    compared(
      { ...naming, id: 'relay-pipelined-general', label: '  the same, decoded and encoded again' },
      measures.opaque,
      measures.baseline,
    ),
  ];
};
export default row;

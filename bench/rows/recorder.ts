/**
 * What keeping the last messages of a session costs by itself, for a request and its reply: both are kept in the test
 * process and in the host, with and without `evidence: false`. Beside `recording`, which looks for it in whole round trips,
 * where it is less than what two rounds differ by.
 */
// Not public: no session is without its recorder, so that only the recorder alone can be measured against nothing.
import { useEvidence } from '../../packages/core/src/base/evidence-option.ts';
import { Frame } from '../../packages/core/src/codec/frame.ts';
import { msgpack } from '../../packages/core/src/codec/msgpack.ts';
import { Journal } from '../../packages/core/src/session/journal.ts';
import { Recent } from '../../packages/core/src/session/recent.ts';
import { bounded, takeTurns } from '../measure.ts';
import type { Row } from '../row.ts';

/** Request and reply, in two processes. */
const messages = 4;

const row: Row = async (options) => {
  const count = options.quick ? 50_000 : 1_000_000;
  const format = msgpack;
  const frames = Array.from({ length: 64 }, (_, value) => Frame.of({ type: 'x', value }, format));
  /** Microseconds a round trip. */
  const cost = (add: (frame: Frame, out: boolean) => void): number => {
    const start = performance.now();
    for (let at = 0; at < count; at++) add(frames[at % frames.length] as Frame, at % 2 === 0);
    return ((performance.now() - start) * 1_000 * messages) / count;
  };
  const recorder = (evidence: false | undefined): Recent => {
    useEvidence(evidence);
    return new Recent({ id: 's1' }, new Journal('suite'));
  };
  const [kept, silent] = [recorder(undefined), recorder(false)];
  let [read, total] = [0, 0];
  const measured = await takeTurns(
    {
      on: async () => {
        useEvidence(undefined);
        return cost((frame, out) => kept.add(out ? 'out' : 'in', frame, 100));
      },
      off: async () => {
        useEvidence(false);
        return cost((frame, out) => silent.add(out ? 'out' : 'in', frame, 100));
      },
      loop: async () => cost((frame, out) => void (total += out ? 1 : (read = frame.encodedBytes))),
    },
    { rounds: 25, warmUps: 3 },
    options,
  );
  if (kept.received + silent.received + total + read === 0) throw new Error('the bench has a bug');
  const budget = (limit: number) => ({ limit, side: 'at most', of: 'value' }) as const;
  const naming = { section: 'message', quantity: 'wall', unit: 'µs' } as const;
  const on = 'request → reply, what keeps its messages, in two processes; against an empty loop';
  return [
    bounded({ ...naming, id: 'recorder', label: on, budget: budget(1) }, measured.on, measured.loop),
    bounded(
      { ...naming, id: 'recorder-off', label: '  the same with `evidence: false`', budget: budget(0.25) },
      measured.off,
      measured.loop,
    ),
  ];
};
export default row;

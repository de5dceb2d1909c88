/** A host of a run: its tests take leases, hold them a while, and give them back. Each step is told to a recorder first. */
import { env, pid } from 'node:process';
import type { ReachLease } from 'carpool';
import { nats } from '../../src/index.ts';
import type { Told } from '../support/recorder.ts';

const { SERVERS = '', RUN = '', TTL = '', NAMES = '' } = env;
const connection = nats(SERVERS, { run: RUN, ttl: Number(TTL), connectTimeout: 30_000 }).open({ host: `host ${pid}` });
/** Of a release that the recorder has not heard of yet. */
const acknowledged = new Map<number, () => void>();
let numbers = 0;
let stopping = false;

function tell(told: Told): void {
  process.send?.(told);
}

process.on('message', (message: number | 'stop') => {
  if (message !== 'stop') {
    acknowledged.get(message)?.();
    return;
  }
  stopping = true;
  void connection.close().then(() => process.exit());
});

/** One test after the other that wants the name. */
function cycle(name: string): void {
  if (stopping) return;
  const number = ++numbers;
  const state = { over: false };
  const again = (): void => void setTimeout(() => cycle(name), Math.random() * 50);
  const lease: ReachLease = connection.acquire(
    { name, kind: 'lock', size: 1, weight: 1, by: `test ${number} of host ${pid}`, wait: true },
    {
      granted: ({ fence }) => {
        tell({ what: 'granted', name, number, ...fence });
        setTimeout(
          () => {
            if (state.over) return;
            acknowledged.set(number, () => {
              acknowledged.delete(number);
              if (state.over) return;
              state.over = true;
              lease.release();
              again();
            });
            tell({ what: 'releases', name, number });
          },
          Math.random() * (Math.random() < 0.06 ? 10_000 : 60),
        );
      },
      failed: (error) => tell({ what: 'failed', name, number, message: error.message }),
      lost: () => {
        state.over = true;
        acknowledged.delete(number);
        tell({ what: 'lost', name, number });
        again();
      },
    },
  );
}

for (const name of NAMES.split(',')) for (const _ of [1, 2]) cycle(name);

/**
 * A test process that stays, for rows/recording.ts: it takes sessions, or sends requests, as often as it is told, and says
 * how long that took, and how much processor time of its own.
 *
 *   node warm-test-process.ts ADDRESS [no-evidence]
 */
import { connectProvided } from 'carpool/adapter/test-process';

/** What its parent sends. */
export interface Order {
  readonly what: 'sessions' | 'requests';
  /** One after the other. */
  readonly count: number;
}

/** What it answers. */
export interface Spent {
  /** Milliseconds of wall time. */
  readonly wall: number;
  /** Microseconds of processor time. */
  readonly micros: number;
}

const pool = 'suite';
/** With `session` and `id`, about 100 bytes. */
const small = { type: 'x', value: 'x'.repeat(64) };

if (import.meta.main) await serve();

async function serve(): Promise<void> {
  const [, , address = '', evidence] = process.argv;
  const provided = { version: '1', address, pools: [pool], ...(evidence !== undefined && { evidence: false }) };
  const about = { runner: 'bench', adapter: 'the bench', version: '1', remedy: 'start a host' };
  const client = await connectProvided(provided, about, pool);
  const session = await client.register(pool);
  const work = {
    sessions: async () => {
      await (await client.register(pool)).unregister();
    },
    requests: async () => {
      await session.request(small);
    },
  };
  process.on('message', ({ what, count }: Order) => {
    void spent(work[what], count).then((result) => process.send?.(result));
  });
  process.on('disconnect', () => client.close());
  process.send?.('ready');
}

async function spent(work: () => Promise<void>, count: number): Promise<Spent> {
  const began = performance.now();
  const before = process.cpuUsage();
  for (let done = 0; done < count; done++) await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - began, micros: user + system };
}

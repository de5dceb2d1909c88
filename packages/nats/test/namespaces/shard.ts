/**
 * A shard: a run with a host of its own, as an adapter starts it, and one test after the other. Each takes what all hosts of
 * the run share, and writes down when it has it, when it is told that it is lost, and how it has ended. Or it has sessions:
 * one on the host of the shard, which has one slot, the other on a host that offers the pool.
 */
import { existsSync, readFileSync } from 'node:fs';
import { env } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { startHost } from 'carpool/adapter/main-process';
import {
  closeFile,
  connectClient,
  currentTestSlot,
  isCarpoolError,
  openFile,
  owners,
  type Client,
} from 'carpool/adapter/test-process';
import { lock, once, reservations, semaphore, type Lease } from 'carpool/coordination';
import { Writer } from './journal.ts';

const { FOLDER = '', JOURNAL = '', SHARD = '', MACHINE = '', SLOTS } = env;
const reach = { scope: 'reach' } as const;
/** Milliseconds: longer than any fault, so that it never ends a test. */
const patience = { timeout: 60_000 };
/** Milliseconds for the ends of sessions to be confirmed. */
const longestRest = 10_000;
/** While this file says 'lock' or 'session', such a one is kept. */
const keeps = `${JOURNAL}.${SHARD}`;
const journal = new Writer(JOURNAL);
const { random } = Math;
let stopping = false;
let holds = 0;

function wanted(): string {
  return existsSync(keeps) ? readFileSync(keeps, 'utf8') : '';
}

interface Taken {
  readonly test: number;
  readonly lease: Lease;
  readonly what: readonly string[];
  readonly weight?: number;
  readonly of?: number;
  /** Until it is lost, or nobody wants that any more. */
  readonly keep?: boolean;
}

/** Every other test looks whether it is lost; the others are failed by what was lost. */
async function holding({ test, lease, what, weight = 1, of = 1, keep = false }: Taken): Promise<void> {
  const hold = `${SHARD}/${++holds}`;
  const { bucket, revision } = lease.fence ?? { bucket: 'none', revision: 0 };
  journal.write({ event: 'holds', shard: SHARD, test, hold, what, weight, of, kept: keep, bucket, revision });
  const looks = test % 2 === 0;
  const told = (code: string): void => journal.write({ event: 'told', shard: SHARD, hold, code });
  if (looks) {
    const { lost } = lease;
    lost.addEventListener('abort', () => told(String(Object(lost.reason).code)));
    if (lost.aborted) told(String(Object(lost.reason).code));
  }
  const ends = performance.now() + random() * (random() < 0.1 ? 1_500 : 100);
  while (lease.held && (performance.now() < ends || (keep && !stopping && wanted() !== ''))) await pause(4);
  if (lease.held) {
    journal.write({ event: 'lets go', shard: SHARD, hold });
    lease.release();
  } else if (looks) throw lease.lost.reason;
  else told('not asked');
}

/** Every other test talks all the time, and else only at the beginning and at the end. */
async function visiting({ number: test, owner, keep }: Body): Promise<void> {
  const name = `${SHARD}/s${++holds}`;
  const session = await owner.register('echo', patience);
  journal.write({ event: 'opens', shard: SHARD, test, session: name });
  const where = async (): Promise<{ machine: string; host: number }> => {
    const { of, ...at } = (await session.request({ type: 'where', of: name })) as {
      machine: string;
      host: number;
      of: string;
    };
    if (of !== name) throw new Error(`${name} is answered as ${of}`);
    return { machine: at.machine, host: at.host };
  };
  journal.write({ event: 'has', shard: SHARD, test, session: name, kept: keep, ...(await where()) });
  const ends = performance.now() + random() * (random() < 0.1 ? 1_500 : 100);
  while (session.closeReason === undefined && (performance.now() < ends || (keep && !stopping && wanted() !== ''))) {
    if (test % 2 === 0) await where();
    await pause(4);
  }
  await where();
  journal.write({ event: 'leaves', shard: SHARD, session: name });
  await session.unregister();
}

interface Body {
  readonly number: number;
  readonly owner: InstanceType<typeof owners.Owner>;
  /** Until it is lost, or nobody wants that any more. */
  readonly keep: boolean;
}

const ofSessions = async (body: Body): Promise<void> => {
  const visits = Array.from({ length: body.keep || random() < 0.8 ? 2 : 1 }, () => visiting(body));
  const failures = (await Promise.allSettled(visits)).flatMap((visit) =>
    visit.status === 'rejected' ? [visit.reason as unknown] : [],
  );
  if (failures.length > 0) throw new AggregateError(failures);
};

const ofLock = async ({ number: test, keep }: Body): Promise<void> => {
  const name = random() < 0.5 ? 'db' : 'printer';
  await holding({ test, lease: await lock(name, reach).acquire(patience), what: [`lock ${name}`], keep });
};

const bodies: readonly ((body: Body) => Promise<void>)[] = [
  ofSessions,
  ofLock,
  async ({ number: test }) => {
    const weight = random() < 0.5 ? 1 : 2;
    const lease = await semaphore('cpu', 3, reach).acquire(weight, patience);
    await holding({ test, lease, what: ['permits of cpu'], weight, of: 3 });
  },
  async ({ number: test }) => {
    const lease = await reservations('accounts', reach).reserve(
      random() < 0.5 ? ['ann', 'ben'] : ['ben', 'cas', 'dan'],
    );
    if (lease.values.length > 0) await holding({ test, lease, what: lease.values.map((value) => `account ${value}`) });
  },
  async () => {
    const what = `value ${Math.floor(random() * 4)}`;
    const value = await once(what, () => `made by ${SHARD}, ${random()}`, { ...reach, ...patience });
    journal.write({ event: 'got', shard: SHARD, what, value });
  },
  // All that compute it fail; each is told its own failure, and not that of another host.
  async () => {
    const mine = new Error(`of ${SHARD}`);
    const thrown = await once('fails', () => Promise.reject(mine), { ...reach, ...patience }).catch((error) => error);
    if (thrown !== mine) throw thrown;
  },
];

async function runTest(number: number, client: Client): Promise<void> {
  const path = [`${SHARD}.test.ts`, `test ${number}`];
  const connect = (): Client => client;
  const file = new owners.FileOwner({ path: path.slice(0, 1), holder: { file: path[0] }, connect });
  const test = new owners.Owner({ path, holder: { file: path[0], test: path[1] }, connect });
  const worker = new owners.Owner({ path: [], holder: {}, connect });
  const slot = currentTestSlot();
  openFile(slot, { file, test: () => test, worker: () => worker, timeLeft: () => Infinity });
  journal.write({ event: 'begins', shard: SHARD, test: number });
  const failures: unknown[] = [];
  try {
    const kept = wanted();
    const any = bodies[Math.floor(random() * bodies.length)];
    const body = kept === 'lock' ? ofLock : kept === 'session' ? ofSessions : any;
    await body?.({ number, owner: test, keep: kept !== '' });
  } catch (thrown) {
    failures.push(...(thrown instanceof AggregateError ? (thrown.errors as unknown[]) : [thrown]));
  }
  await test.end({ passed: failures.length === 0 });
  await closeFile(slot, file);
  failures.push(...test.failures);
  if (failures.length === 0) journal.write({ event: 'passes', shard: SHARD, test: number });
  else {
    const codes = failures.map((one) => (isCarpoolError(one) ? one.code : 'none'));
    journal.write({ event: 'fails', shard: SHARD, test: number, codes, words: failures.map(String) });
  }
}

/** What a child has not confirmed yet has its time. */
async function rest(): Promise<void> {
  for (const ends = performance.now() + longestRest; ;) {
    const { pools } = await host.summary();
    const of = (what: 'open' | 'queued'): number => pools.reduce((sum, pool) => sum + pool[what], 0);
    const [open, queued] = [of('open'), of('queued')];
    if (open + queued > 0 && performance.now() < ends) {
      await pause(50);
      continue;
    }
    journal.write({ event: 'rests', shard: SHARD, open, queued });
    return;
  }
}

process.on('SIGTERM', () => (stopping = true));

const host = await startHost({ root: FOLDER, runner: 'a shard' });
const { problem } = await host.configured;
if (problem !== undefined) throw new Error(problem.message);
const client = await connectClient({ address: host.address, runner: 'a shard' });
journal.write({
  event: 'starts',
  shard: SHARD,
  machine: MACHINE,
  pid: process.pid,
  host: host.pid ?? 0,
  slots: Number(SLOTS),
});
for (let number = 1; !stopping && !client.over; number++) {
  await runTest(number, client);
  await pause(random() * 40);
}
if (!client.over) await rest();
client.close();
await host.stop();
journal.write({ event: 'ends', shard: SHARD, why: stopping ? 'it was asked to' : 'its host is gone' });

/**
 * What it costs to keep things for a failure or a report: the last messages of each session, which `evidence: false` turns
 * off, and the timeline of a run, which `report: false` turns off. Two runs side by side, each with a host, a child and a
 * test process that stay and are warm, so that what is compared differs in the option alone.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startHost } from 'carpool/adapter/main-process';
import { compared, takeTurns } from '../measure.ts';
import { cpuMicros, treeCpuMicros } from '../processes.ts';
import type { Row } from '../row.ts';
import type { Order, Spent } from '../workers/warm-test-process.ts';

/** A whole run: a host with its child, and one test process. */
interface Run extends AsyncDisposable {
  readonly host: number;
  work(order: Order): Promise<Spent>;
}

/** Of one operation. */
interface Cost {
  /** Microseconds of processor time of the test process, the host and its child. */
  readonly cpu: number;
  /** Of the host alone. */
  readonly host: number;
  /** Operations in a second. */
  readonly rate: number;
}

const row: Row = async (options) => {
  await using recorded = await startRun('one-pool');
  await using silent = await startRun('one-pool', false);
  await using unrecorded = await startRun('unrecorded');
  // Many short rounds: what is looked for is a few percent, and load that comes and goes must affect both halves of a pair.
  const [requests, sessions] = options.quick ? [200, 50] : [500, 200];
  const rounds = { rounds: 151, warmUps: 11 };
  const ofMessages = await takeTurns(
    {
      on: () => costOf(recorded, { what: 'requests', count: requests }),
      off: () => costOf(silent, { what: 'requests', count: requests }),
    },
    rounds,
    options,
  );
  const ofSessions = await takeTurns(
    {
      on: () => costOf(recorded, { what: 'sessions', count: sessions }),
      off: () => costOf(unrecorded, { what: 'sessions', count: sessions }),
    },
    rounds,
    options,
  );
  const part = (costs: readonly Cost[], which: keyof Cost): number[] => costs.map((cost) => cost[which]);
  return [
    compared(
      {
        id: 'recording-messages',
        section: 'message',
        label: 'request → reply, all processes; against one with `evidence: false`',
        quantity: 'CPU',
        unit: 'µs',
        budget: { limit: 1.05, side: 'at most' },
      },
      part(ofMessages.on, 'cpu'),
      part(ofMessages.off, 'cpu'),
    ),
    compared(
      {
        id: 'recording-sessions',
        section: 'test',
        label: 'register + unregister, the host; against one with `report: false`',
        quantity: 'CPU',
        unit: 'µs',
        budget: { limit: 1.1, side: 'at most' },
      },
      part(ofSessions.on, 'host'),
      part(ofSessions.off, 'host'),
    ),
    compared(
      {
        id: 'recording-sessions-rate',
        section: 'test',
        label: 'sessions one after the other; against a run with `report: false`',
        quantity: 'rate',
        unit: '/s',
        budget: { limit: 0.95, side: 'at least' },
      },
      part(ofSessions.on, 'rate'),
      part(ofSessions.off, 'rate'),
    ),
  ];
};
export default row;

async function startRun(folder: string, evidence?: false): Promise<Run> {
  const host = await startHost({ root: `${import.meta.dirname}/../${folder}`, evidence });
  const program = fileURLToPath(new URL('../workers/warm-test-process.ts', import.meta.url));
  const worker: ChildProcess = fork(program, [host.address, ...(evidence === false ? ['no-evidence'] : [])]);
  await once(worker, 'message');
  return {
    host: host.pid ?? 0,
    async work(order) {
      const answer = once(worker, 'message');
      worker.send(order);
      const [spent] = (await answer) as [Spent];
      return spent;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(worker, 'exit');
      worker.disconnect();
      await ended;
      await host.stop();
    },
  };
}

async function costOf(run: Run, order: Order): Promise<Cost> {
  const before = { tree: treeCpuMicros(run.host), host: cpuMicros(run.host) };
  const { wall, micros } = await run.work(order);
  const host = cpuMicros(run.host) - before.host;
  const tree = treeCpuMicros(run.host) - before.tree;
  return { cpu: (tree + micros) / order.count, host: host / order.count, rate: (order.count / wall) * 1_000 };
}

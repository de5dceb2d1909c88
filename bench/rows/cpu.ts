/**
 * Processor time of short test processes (workers/short-test-process.ts) and of the host that serves them: for a session
 * that is taken and given back, and for a request with its reply. Against an earlier commit, whose figures are in past.ts;
 * the relay by hand is the calibration.
 *
 * The host is as warm as it is in the middle of a run: it serves one test process after another.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startHost } from 'carpool/adapter/main-process';
import { comparedWithPast, takeTurns } from '../measure.ts';
import { past } from '../past.ts';
import { cpuMicros } from '../processes.ts';
import type { Row } from '../row.ts';
import { requests, sessions, type Phase } from '../workers/short-test-process.ts';

/** Microseconds, for one session and one message. */
interface Cpu {
  readonly session: number;
  readonly messageTest: number;
  readonly messageHost: number;
}

const row: Row = async (options) => {
  await using host = await startHost({ root: `${import.meta.dirname}/../one-pool` });
  const relay = fork(program('../baselines/relay-by-hand.ts'));
  const [port] = (await once(relay, 'message')) as [number];
  const processes = options.quick ? 3 : 12;
  const contestants = {
    carpool: () => cpuOf(processes, ['carpool', host.address], host.pid ?? 0),
    byHand: () => cpuOf(processes, ['by-hand', String(port)], relay.pid ?? 0),
  };
  const measures = await takeTurns(contestants, { rounds: 11, warmUps: 2 }, options);
  const ended = once(relay, 'exit');
  relay.disconnect();
  await ended;
  const series = (part: keyof Cpu) => ({
    subject: measures.carpool.map((measure) => measure[part]),
    calibration: measures.byHand.map((measure) => measure[part]),
  });
  const naming = { quantity: 'CPU', unit: 'µs' } as const;
  const atMost = (limit: number) => ({ limit, side: 'at most' }) as const;
  return [
    comparedWithPast(
      {
        ...naming,
        id: 'cpu-session',
        section: 'test',
        label: 'register + unregister, test process + host',
        budget: atMost(0.5),
      },
      past['cpu-session'],
      series('session'),
    ),
    comparedWithPast(
      {
        ...naming,
        id: 'cpu-message-test',
        section: 'message',
        label: 'request → reply, the test process',
        budget: atMost(0.6),
      },
      past['cpu-message-test'],
      series('messageTest'),
    ),
    comparedWithPast(
      {
        ...naming,
        id: 'cpu-message-host',
        section: 'message',
        label: 'request → reply, the host',
        budget: atMost(0.6),
      },
      past['cpu-message-host'],
      series('messageHost'),
    ),
  ];
};
export default row;

/** The processes run one after another; the server is the host or the relay. */
async function cpuOf(processes: number, args: readonly string[], server: number): Promise<Cpu> {
  const sum = { session: 0, messageTest: 0, messageHost: 0 };
  for (let count = 0; count < processes; count++) {
    const child = fork(program('../workers/short-test-process.ts'), args);
    await once(child, 'message');
    const opened = await phase(child, 'sessions', server);
    const asked = await phase(child, 'requests', server);
    sum.session += (opened.test + opened.server) / sessions;
    sum.messageTest += asked.test / requests;
    sum.messageHost += asked.server / requests;
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  }
  return {
    session: sum.session / processes,
    messageTest: sum.messageTest / processes,
    messageHost: sum.messageHost / processes,
  };
}

async function phase(
  child: ChildProcess,
  name: Phase,
  server: number,
): Promise<{ readonly test: number; readonly server: number }> {
  const before = cpuMicros(server);
  child.send(name);
  const [test] = (await once(child, 'message')) as [number];
  return { test, server: cpuMicros(server) - before };
}

function program(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** What Carpool itself costs on this machine: a host, and a test file with its sessions. */
import { systemClock } from '../../base/clock.ts';
import { startMeasuredHost, usageOfHost } from './measured-host.ts';
import { medianOfKnown, median, type CarpoolCost } from './suite.ts';
import { runTestFile, type TestFileCost } from './test-file.ts';
import type { Memory } from '../../process/usage.ts';

export interface CarpoolCostOptions {
  /** How often each is measured, after a first time. */
  readonly rounds: number;
  /** Sessions of a test file. */
  readonly tests: number;
  /** Requests of a session. */
  readonly requests: number;
  readonly signal: AbortSignal;
  /** Called before each round. */
  readonly progress: (round: number) => void;
}

/** One round before those that count lets the host and the caches of the system warm up. */
const warmUps = 1;
/** A host is started as often as this: it needs more time than a file, and varies less. */
const mostHosts = 3;

/** @throws CarpoolError HUB_UNREACHABLE, CHILD_EXITED; the reason of `signal` */
export async function carpoolCost(options: CarpoolCostOptions): Promise<CarpoolCost> {
  return { ...(await hostCost(options)), ...(await fileCost(options)) };
}

async function hostCost({ rounds, signal }: CarpoolCostOptions): Promise<Pick<CarpoolCost, 'hostWall' | 'hostCpu'>> {
  const measured: { readonly wall: number; readonly cpu: number | undefined }[] = [];
  for (let round = -warmUps; round < Math.min(rounds, mostHosts); round++) {
    signal.throwIfAborted();
    const began = systemClock.now();
    const host = await startMeasuredHost();
    const ready = systemClock.now() - began;
    const { cpu } = usageOfHost(host);
    const stopping = systemClock.now();
    await host.stop();
    if (round >= 0) measured.push({ wall: ready + systemClock.now() - stopping, cpu });
  }
  return {
    hostWall: median(measured.map(({ wall }) => wall)),
    hostCpu: medianOfKnown(measured.map(({ cpu }) => cpu)),
  };
}

interface FileRound {
  readonly bare: TestFileCost;
  readonly carpool: TestFileCost;
  readonly host: number | undefined;
}

type FileCost = Pick<CarpoolCost, 'fileWall' | 'fileCpu' | 'workerMemory' | 'hostMemory'>;

/** Both kinds of file take turns, so that load on the machine affects both. */
async function fileCost({ rounds, tests, requests, signal, progress }: CarpoolCostOptions): Promise<FileCost> {
  await using host = await startMeasuredHost();
  const measured: FileRound[] = [];
  let hostMemory: Memory | undefined;
  for (let round = -warmUps; round < rounds; round++) {
    progress(Math.max(1, round + 1));
    const costs = new Map<string | undefined, TestFileCost>();
    const before = usageOfHost(host).cpu;
    for (const address of round % 2 === 0 ? [undefined, host.address] : [host.address, undefined])
      costs.set(address, await runTestFile({ address, tests, requests, signal }));
    const after = usageOfHost(host);
    hostMemory = after.memory;
    const [bare, carpool] = [costs.get(undefined), costs.get(host.address)];
    if (round < 0 || bare === undefined || carpool === undefined) continue;
    const spent = before === undefined || after.cpu === undefined ? undefined : after.cpu - before;
    measured.push({ bare, carpool, host: spent });
  }
  const added = (of: (round: FileRound) => number): number => Math.max(0, median(measured.map(of)));
  const hostCpu = medianOfKnown(measured.map((round) => round.host));
  const own = added(({ bare, carpool }) => carpool.cpu - bare.cpu);
  return {
    fileWall: added(({ bare, carpool }) => carpool.wall - bare.wall),
    fileCpu: hostCpu === undefined ? undefined : own + hostCpu,
    workerMemory: added(({ bare, carpool }) => carpool.memory - bare.memory),
    hostMemory,
  };
}

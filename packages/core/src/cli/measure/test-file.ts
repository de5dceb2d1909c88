/**
 * What a test file pays for Carpool: a Node process that loads what adapters and configs load, connects, and opens a
 * session for each of its tests, beside one that does nothing. What a runner costs with both cancels out. What it does for
 * the modules of its adapter, because it loads or evaluates them in its own way, is not seen here.
 */
import { systemClock } from '../../base/clock.ts';
import { CarpoolError } from '../../base/errors.ts';
import { within } from '../../base/wait.ts';
import { ownFile } from '../../process/own-file.ts';
import { startChild } from '../../process/start-child.ts';
import { describeExit } from '../../process/exit.ts';
import { answering } from './measured-host.ts';

export interface TestFileOptions {
  /** Of the host; absent: the process does nothing. */
  readonly address?: string | undefined;
  /** How many sessions it opens, one after another. */
  readonly tests: number;
  /** How many requests each of them sends, one after another. */
  readonly requests: number;
  readonly signal: AbortSignal;
}

export interface TestFileCost {
  /** Milliseconds from its start to its end. */
  readonly wall: number;
  /** Milliseconds of its own processor time. */
  readonly cpu: number;
  /** Bytes that are resident at its end. */
  readonly memory: number;
}

/** The variables of its environment. CARPOOL_* would not reach a child. */
const variables = {
  address: 'TEST_FILE_ADDRESS',
  tests: 'TEST_FILE_TESTS',
  requests: 'TEST_FILE_REQUESTS',
  adapter: 'TEST_FILE_ADAPTER_ENTRY',
  config: 'TEST_FILE_CONFIG_ENTRY',
} as const;

const source = `
const { ${variables.address}: address, ${variables.tests}: tests, ${variables.requests}: requests } = process.env;
if (address !== undefined) {
  const { connectClient } = await import(process.env.${variables.adapter});
  await import(process.env.${variables.config});
  const client = await connectClient({ address, runner: 'measure' });
  for (let test = 0; test < Number(tests); test++) {
    const session = await client.register(${JSON.stringify(answering)});
    for (let sent = 0; sent < Number(requests); sent++) await session.request({ type: 'query' });
    await session.unregister();
  }
  client.close();
}
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ cpu: (user + system) / 1000, memory: process.memoryUsage.rss() }));
`;

const timeout = 30_000;

/** @throws CarpoolError CHILD_EXITED, CHILD_NO_HELLO; the reason of `signal` */
export async function runTestFile({ address, tests, requests, signal }: TestFileOptions): Promise<TestFileCost> {
  const env = {
    [variables.address]: address,
    [variables.tests]: String(tests),
    [variables.requests]: String(requests),
    [variables.adapter]: ownFile('adapter-test-process.js').href,
    [variables.config]: ownFile('index.js').href,
  };
  const args = ['--input-type=module', '-e', source];
  const began = systemClock.now();
  const child = await startChild({ command: process.execPath, args, env });
  try {
    let printed = '';
    child.output.on('data', (chunk: Uint8Array) => (printed += new TextDecoder().decode(chunk)));
    const expired = (): Error =>
      new CarpoolError('CHILD_NO_HELLO', `Cannot measure a test file: it did not end within ${Math.round(timeout)} ms`);
    const status = await within(child.exited, { clock: systemClock, timeout, signal, expired });
    const wall = systemClock.now() - began;
    await child.drained;
    if (status.kind === 'exited' && status.code === 0)
      return { wall, ...(JSON.parse(printed) as Omit<TestFileCost, 'wall'>) };
    const message = `Cannot measure a test file: its process ${describeExit(status)}`;
    throw new CarpoolError('CHILD_EXITED', message, { blame: 'carpool', evidence: { stderr: child.stderrTail() } });
  } finally {
    await child.stop();
  }
}

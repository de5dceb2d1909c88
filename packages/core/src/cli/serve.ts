/** `carpool serve` and `carpool stop`: the host of this machine, which runs with `host: 'machine'` share. */
import { isCarpoolError } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { HostClient } from '../client/client.ts';
import { livingMachineHost, machineFolder } from '../hosts/machine-folder.ts';
import { machineHost, type FoundMachineHost, type StartedHost } from '../hosts/machine-host.ts';
import { isRunning } from '../process/identity.ts';
import { addressVariable } from '../wire/address.ts';

export interface ServeOptions {
  /** It goes on without this process. */
  readonly detach?: boolean;
  /** Milliseconds; null: it does not end by itself. */
  readonly idle: number | null;
  readonly maxChildren?: number;
  /** Bytes. */
  readonly maxMemory?: number;
}

/** Milliseconds: more than the host allows itself for its end. */
const stopTimeout = 25_000;
const replyTimeout = 5_000;

/** @throws CarpoolError HUB_UNREACHABLE */
export async function serve({ detach = false, ...boot }: ServeOptions): Promise<number> {
  const found = await machineHost({ boot, foreground: !detach });
  const { started } = found;
  console.log(
    `carpool: the host of this machine ${started === undefined ? 'runs already' : 'serves'}: ${describe(found)}`,
  );
  console.log(`carpool: for what does not look there: ${addressVariable}='${found.address}'`);
  if (detach) return 0;
  return started === undefined ? 1 : await exitOf(started);
}

/** A Ctrl-C has reached the host too. It ends as fast as it can, and this process after it. */
async function exitOf(host: StartedHost): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void (signal !== 'SIGINT' && host.kill('SIGTERM')));
  }
  if (host.exitCode !== null) return host.exitCode;
  return await new Promise((resolve) => void host.once('exit', (code) => resolve(code ?? 1)));
}

/** @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED */
export async function stop(): Promise<number> {
  const found = livingMachineHost(machineFolder());
  if (found === undefined) {
    console.log('carpool: there is no host of this machine');
    return 0;
  }
  const client = await HostClient.connect({ address: found.address, runner: 'carpool stop' });
  await client.ask({ method: 'stop' }, replyTimeout).catch((thrown: unknown) => {
    if (!isCarpoolError(thrown, 'HUB_LOST')) throw thrown; // it has ended before it could answer
  });
  client.close();
  const deadline = systemClock.now() + stopTimeout;
  while (isRunning(found)) {
    if (systemClock.now() > deadline) {
      console.error(`carpool: the host of this machine has not ended within ${stopTimeout} ms: ${describe(found)}`);
      return 1;
    }
    await new Promise<void>((resolve) => systemClock.after(50, resolve));
  }
  console.log(`carpool: the host of this machine has ended: ${describe(found)}`);
  return 0;
}

function describe({ pid }: Pick<FoundMachineHost, 'pid'>): string {
  return `process ${pid}, found in ${machineFolder()}`;
}

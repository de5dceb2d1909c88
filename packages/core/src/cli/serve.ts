/** `carpool serve`: the host of this machine, which runs with `host: 'machine'` share. */
import { machineFolder } from '../hosts/machine-folder.ts';
import { machineHost, type FoundMachineHost, type StartedHost } from '../hosts/machine-host.ts';
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

function describe({ pid }: Pick<FoundMachineHost, 'pid'>): string {
  return `process ${pid}, found in ${machineFolder()}`;
}

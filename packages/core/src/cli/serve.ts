/** `carpool serve`: the host of this machine, which runs with `host: 'machine'` share. */
import { machineFolder } from '../hosts/machine-folder.ts';
import { machineHost, type FoundMachineHost, type StartedHost } from '../hosts/machine-host.ts';
import { addressVariable, type RemotePlace } from '../wire/address.ts';
import { invite } from './address.ts';

export interface ServeOptions {
  /** It goes on without this process. */
  readonly detach?: boolean;
  /** Milliseconds; null: it does not end by itself. Default: 10 minutes; null where it listens. */
  readonly idle?: number | null;
  readonly maxChildren?: number;
  /** Bytes. */
  readonly maxMemory?: number;
  /** It serves the pools of this folder to other machines. */
  readonly listen?: Pick<RemotePlace, 'host' | 'port'>;
  /** What other machines call this one. */
  readonly name?: string;
  /** The config that it serves to them. */
  readonly config?: string;
}

const defaultIdle = 600_000;

/** @throws CarpoolError HUB_UNREACHABLE */
export async function serve({ detach = false, listen, name, config, ...bounds }: ServeOptions): Promise<number> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const project = { root: process.cwd(), configFile: config };
  const listening = listen && { ...listen, name, project, env, cwd: process.cwd() };
  const boot = { idle: listen === undefined ? defaultIdle : null, ...bounds, listen: listening };
  const found = await machineHost({ boot, foreground: !detach });
  const { started } = found;
  console.log(
    `carpool: the host of this machine ${started === undefined ? 'runs already' : 'serves'}: ${describe(found)}`,
  );
  console.log(`carpool: for what does not look there: ${addressVariable}='${found.address}'`);
  if (listen !== undefined && started === undefined) {
    console.error(
      'carpool: `--listen` is for a host that starts; end the one that runs by `carpool stop`, then start it again',
    );
    return 1;
  }
  if (listen !== undefined)
    for (const one of await invite(found.address, { name: 'serve' }))
      console.log(`carpool: for other machines: ${addressVariable}='${one}'`);
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

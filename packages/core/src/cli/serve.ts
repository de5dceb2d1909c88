/** `carpool serve`: the host of this machine, which runs with `host: 'machine'` share. */
import { messageOf } from '../base/thrown.ts';
import { machineFolder } from '../hosts/machine-folder.ts';
import { killedText, machineHost, type FoundMachineHost, type StartedHost } from '../hosts/machine-host.ts';
import { ownEnvironment } from '../hosts/own-environment.ts';
import { addressVariable, type RemotePlace } from '../wire/address.ts';
import type { StatusResult } from '../wire/status.ts';
import { invite } from './address.ts';
import { tellUnknownName, withListener } from './serve/listening.ts';
import { statusOf } from './ps/ask.ts';
import { boundsText } from './ps/text.ts';
import { ageText, count } from './ps/units.ts';

export interface ServeOptions {
  /** It goes on without this process. */
  readonly detach?: boolean;
  /** Milliseconds; `Infinity`: it does not end by itself. Default: 10 minutes; `Infinity` where it listens. */
  readonly idle?: number;
  readonly maxChildren?: number;
  /** Bytes. */
  readonly maxMemory?: number;
  /** It serves the pools of this folder to other machines. */
  readonly listen?: Pick<RemotePlace, 'host' | 'port'>;
  /** What other machines call this one. */
  readonly name?: string;
  /** The config that it serves to them. */
  readonly config?: string;
  /** Milliseconds that sessions of other hosts have to end when the host is to; `Infinity`: any. Default: one minute. */
  readonly leave?: number;
}

const defaultIdle = 600_000;

/** @throws CarpoolError HUB_UNREACHABLE */
export async function serve(options: ServeOptions): Promise<number> {
  const { detach = false, listen, name, config, leave, ...bounds } = options;
  if (listen === undefined && (name !== undefined || config !== undefined || leave !== undefined)) {
    console.error(
      'carpool: `--name`, `--config` and `--leave` are of what is served to other machines: give `--listen HOST:PORT`, too',
    );
    return 1;
  }
  const env = ownEnvironment();
  const project = { root: process.cwd(), configFile: config };
  const listening = listen && { ...listen, name, project, env, cwd: process.cwd(), leave: leave && inJson(leave) };
  const { idle = listen === undefined ? defaultIdle : Infinity } = options;
  const boot = { ...bounds, idle: inJson(idle), listen: listening };
  const foreground = new Foreground();
  const spawned = detach ? undefined : (host: StartedHost): void => foreground.take(host);
  if (name !== undefined) await tellUnknownName(name);
  const found = await machineHost({ boot, foreground: !detach, spawned }).catch(async (thrown: unknown) => {
    throw listen === undefined ? thrown : await withListener(thrown, listen);
  });
  if (found.started === undefined) return await besideAnother(found, options);
  console.log(`carpool: the host of this machine serves: ${describe(found)}`);
  const killed = killedText(found);
  if (killed !== undefined) console.error(`carpool: ${killed}`);
  printAddress(found);
  if (listen !== undefined)
    for (const one of await addressesOf(found, foreground))
      console.log(`carpool: for other machines: ${addressVariable}='${one}'`);
  return (await foreground.ended) ?? 0;
}

/** None of one that ends. */
async function addressesOf({ address }: FoundMachineHost, foreground: Foreground): Promise<readonly string[]> {
  try {
    return await invite(address, { name: 'serve' });
  } catch (thrown) {
    if (foreground.signalled) return [];
    throw thrown;
  }
}

/** Says what runs already, and what of the options it does not have. */
async function besideAnother(found: FoundMachineHost, options: ServeOptions): Promise<number> {
  console.log(`carpool: the host of this machine runs already: ${describe(found)}`);
  const status = await statusOf(found.address, 0).catch((thrown: unknown) => messageOf(thrown));
  if (typeof status === 'string') {
    console.error(`carpool: ${status}; \`carpool stop\` ends it`);
    return 1;
  }
  console.log(`carpool: ${contentOf(status)}`);
  printAddress(found);
  const missing = notOf(status, options);
  if (missing.length > 0) {
    console.error(
      `carpool: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} for a host that starts; end the one that runs by \`carpool stop\`, with all that it serves, then start it again`,
    );
    return 1;
  }
  if (options.detach === true) return 0;
  console.error(
    'carpool: `carpool ps` shows what it serves, and `carpool stop` ends it; then `carpool serve` starts one here',
  );
  return 1;
}

/** "for 12 min, 2 runs, 3 children, at most 8 children, ends after 10 min without a run" */
function contentOf({ age, runs, pools, bounds, listens }: StatusResult): string {
  const children = pools.reduce((sum, pool) => sum + pool.children.length, 0);
  const parts = [`for ${ageText(age)}`, count(runs.length, 'run'), count(children, 'child', 'children')];
  if (bounds !== undefined) parts.push(boundsText(bounds));
  if (listens !== undefined)
    parts.push(`for other machines at ${listens.at}: \`carpool address --for NAME\` prints an address`);
  return parts.join(', ');
}

/** The options that it was started without, or with other values. */
function notOf({ bounds }: StatusResult, { listen, idle, maxChildren, maxMemory }: ServeOptions): string[] {
  const differs = { listen: listen !== undefined, 'max-children': false, 'max-memory': false, idle: false };
  if (maxChildren !== undefined) differs['max-children'] = maxChildren !== bounds?.maxChildren;
  if (maxMemory !== undefined) differs['max-memory'] = maxMemory !== bounds?.maxMemory;
  if (idle !== undefined) differs.idle = inJson(idle) !== bounds?.idle;
  return Object.entries(differs).flatMap(([name, is]) => (is ? [`\`--${name}\``] : []));
}

/** As it is sent to the host, which takes null for any time. */
function inJson(time: number): number | null {
  return time === Infinity ? null : time;
}

function printAddress({ address }: FoundMachineHost): void {
  console.log(`carpool: for this machine, where it is not found by itself: ${addressVariable}='${address}'`);
}

/** The host that runs in the foreground of this process. */
class Foreground {
  /** With its exit code. Absent: it was not started here. */
  ended: Promise<number> | undefined;
  signalled = false;

  /** A Ctrl-C has reached it too. It ends when it has left those that use it, and this process after it. */
  take(host: StartedHost): void {
    this.ended = new Promise((resolve) => void host.once('exit', (code) => resolve(code ?? 1)));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        this.signalled = true;
        if (signal !== 'SIGINT') host.kill(signal);
      });
  }
}

function describe({ pid }: Pick<FoundMachineHost, 'pid'>): string {
  return `process ${pid}, found in ${machineFolder()}`;
}

/**
 * `carpool stop`: ends the host of this machine, a run, the host of a run, or all of them. Each is asked first; what does not
 * end in time is killed, and what it had started is swept. Only hosts of this user are found.
 */
import { systemClock } from '../base/clock.ts';
import { noop } from '../base/noop.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';
import { HostClient } from '../client/client.ts';
import { livingHosts, type LivingHost } from '../hosts/living-hosts.ts';
import { livingMachineHost, findMachineFolder } from '../hosts/machine-folder.ts';
import type { RunStatus } from '../wire/status.ts';
import { statusOf } from './ps/ask.ts';
import { count } from './ps/units.ts';
import { endHost as end } from './stop/end-host.ts';
import { Limit } from './stop/limit.ts';

export interface StopOptions {
  /** Every host of this user. */
  readonly all?: boolean;
  /** Milliseconds for all of it: to answer, and to end; `Infinity`: nothing is killed. */
  readonly timeout?: number;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

/** Milliseconds: more than a host allows itself for its end. */
export const stopTimeout = 25_000;
/** Milliseconds: a day. A timer takes 24, and the wait for an answer adds to it. */
const longest = 86_400_000;

/**
 * Prints what has ended. Resolves with 1 if something could not be ended, or there is nothing of that name.
 * @param target the pid of a host or of a runner, or the id of a run. Default: the host of this machine
 */
export async function stop(
  target?: string,
  { all = false, timeout = stopTimeout, bases }: StopOptions = {},
): Promise<number> {
  if (all && target !== undefined) return failed('`--all` ends every host: give it, or one to end, and not both');
  const limit = new Limit(timeout);
  const hosts = livingHosts(bases);
  if (all) return await endAll(hosts, limit);
  return target === undefined ? await endMachine(hosts, limit) : await endNamed(hosts, target, limit);
}

async function endAll(hosts: readonly LivingHost[], limit: Limit): Promise<number> {
  if (hosts.length === 0) console.log('carpool: no host is running');
  const codes = await Promise.all(hosts.map((host) => endHost(host, limit)));
  return Math.max(0, ...codes);
}

async function endMachine(hosts: readonly LivingHost[], limit: Limit): Promise<number> {
  const found = livingMachineHost(findMachineFolder());
  const host = hosts.find(({ record }) => record.id === found?.id);
  if (host !== undefined) return await endHost(host, limit);
  const others = hosts.length === 0 ? '' : `; \`carpool stop --all\` ends ${count(hosts.length, 'other host')}`;
  console.log(`carpool: there is no host of this machine${others}`);
  return 0;
}

async function endNamed(hosts: readonly LivingHost[], target: string, limit: Limit): Promise<number> {
  const isTarget = (pid: number | undefined): boolean => String(pid) === target;
  const host = hosts.find(({ record, samePids }) => samePids && isTarget(record.pid));
  if (host !== undefined) return await endHost(host, limit);
  // One that does not answer is found by its own pid alone. What is found must have time to end.
  const look = { clock: systemClock, timeout: limit.left / 2, expired: (): Error => new Error('no answer') };
  const asked = await Promise.all(hosts.map(({ address }) => within(statusOf(address, 0), look).catch(noop)));
  for (const [at, status] of asked.entries()) {
    const run = status?.runs.find(({ id, pid }) => id === target || isTarget(pid));
    const one = hosts[at];
    if (run === undefined || one === undefined) continue;
    return status?.kind === 'machine' ? await endRun(one, run, limit) : await endHost(one, limit);
  }
  const silent = hosts.filter(({ samePids }, at) => samePids && asked[at] === undefined);
  return failed(`no host and no run of this user is ${target}; \`carpool ps\` lists them${mayHaveIt(silent)}`);
}

/** @param silent hosts that did not answer */
function mayHaveIt(silent: readonly LivingHost[]): string {
  if (silent.length === 0) return '';
  const pids = silent.map(({ record }) => record.pid).join(', ');
  return `. No answer came from ${count(silent.length, 'host')} that may serve it (pid ${pids}): \`carpool stop PID\` ends one, with all that it serves`;
}

async function endRun({ address }: LivingHost, run: RunStatus, limit: Limit): Promise<number> {
  const name = `the run of ${run.runner ?? 'a runner'}: ${run.folder}, ${placeOf(run)}`;
  const timeout = (): number => Math.min(limit.left, longest);
  let client: HostClient | undefined;
  try {
    client = await HostClient.connect({ address, runner: 'carpool stop', observer: true, timeout: timeout() });
    await client.ask({ method: 'stop', run: run.id }, timeout());
  } catch (thrown) {
    return failed(`${name} has not ended: ${messageOf(thrown)}`);
  } finally {
    client?.close();
  }
  console.log(`carpool: has ended: ${name}, with all that it held`);
  return 0;
}

/** Of one on another machine no process is known here. */
function placeOf({ pid, client, remotePid }: RunStatus): string {
  if (client === undefined) return `pid ${pid}`;
  const there = remotePid === undefined ? '' : `, pid ${remotePid} there`;
  return `with the address of ${JSON.stringify(client)}${there}`;
}

async function endHost(host: LivingHost, limit: Limit): Promise<number> {
  const { ended, text } = await end(host, limit, (waits) => console.error(`carpool: ${waits}`));
  if (!ended) return failed(text);
  console.log(`carpool: ${text}`);
  return 0;
}

function failed(message: string): number {
  console.error(`carpool: ${message}`);
  return 1;
}

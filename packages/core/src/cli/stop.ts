/**
 * `carpool stop`: ends the host of this machine, a run, the host of a run, or all of them. Each is asked first; what does not
 * end in time is killed, and what it had started is swept. Only hosts of this user are found.
 */
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/thrown.ts';
import { version } from '../base/version.ts';
import { within } from '../base/wait.ts';
import { HostClient } from '../client/client.ts';
import { livingHosts, type LivingHost } from '../hosts/living-hosts.ts';
import { livingMachineHost, findMachineFolder } from '../hosts/machine-folder.ts';
import type { RunStatus, StatusResult } from '../wire/status.ts';
import { statusOf } from './ps/ask.ts';
import { leavingText } from './ps/text.ts';
import { count } from './ps/units.ts';
import { endHost as end } from './stop/end-host.ts';
import { Limit, stopTimeout } from './stop/limit.ts';

export interface StopOptions {
  /** Every host of this user. */
  readonly all?: boolean;
  /** Milliseconds for all of it: to answer, and to end; `Infinity`: nothing is killed. */
  readonly timeout?: number;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

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
  const others = await asked(
    hosts.filter((one) => one !== host),
    limit,
  );
  // It has taken its record back.
  const leaving = others.filter(({ status }) => status?.leaving !== undefined && status.version === version);
  if (host === undefined && leaving.length > 0)
    return Math.max(...(await Promise.all(leaving.map((one) => endHost(one.host, limit)))));
  if (host === undefined) {
    console.log(`carpool: there is no host of this machine${othersText(others)}`);
    return 0;
  }
  const code = await endHost(host, limit);
  for (const {
    host: {
      record: { pid },
    },
    status,
  } of leaving)
    console.log(
      `carpool: the host of this machine that ran before is leaving: ${status?.leaving && leavingText(status.leaving)}; \`carpool stop ${pid}\` ends it at once`,
    );
  return code;
}

interface Asked {
  readonly host: LivingHost;
  /** Undefined: it has not answered. */
  readonly status: StatusResult | undefined;
}

/** All at once. What is found must have time to end. */
async function asked(hosts: readonly LivingHost[], limit: Limit): Promise<Asked[]> {
  const look = { clock: systemClock, timeout: limit.left / 2, expired: (): Error => new Error('no answer') };
  return await Promise.all(
    hosts.map(async (host) => {
      const status = await within(statusOf(host.address, 0), look).catch(() => undefined);
      return { host, status };
    }),
  );
}

/** Each by its pid: they may be of other projects. Nothing for those that have none here, and do not answer. */
function othersText(others: readonly Asked[]): string {
  const named = others.flatMap(({ host: { record, samePids }, status }) =>
    samePids ? [`${record.pid} (${status === undefined ? 'it does not answer' : servedText(status)})`] : [],
  );
  if (named.length === 0) return '';
  const one = named.length === 1;
  return `. ${one ? 'Another host runs' : `${named.length} other hosts run`}: pid ${named.join(', pid ')}; \`carpool stop PID\` ends ${one ? 'it' : 'one of them'}`;
}

/** "vitest, /code/api"; "a host of the machine, carpool 1.1.0, 2 runs" */
function servedText({ kind, version: its, runs }: StatusResult): string {
  if (kind === 'machine') return `a host of the machine, carpool ${its}, ${count(runs.length, 'run')}`;
  return runs.map(({ runner = 'a runner', folder }) => `${runner}, ${folder}`).join('; ') || 'no run';
}

async function endNamed(hosts: readonly LivingHost[], target: string, limit: Limit): Promise<number> {
  const isTarget = (pid: number | undefined): boolean => String(pid) === target;
  const host = hosts.find(({ record, samePids }) => samePids && isTarget(record.pid));
  if (host !== undefined) return await endHost(host, limit);
  // One that does not answer is found by its own pid alone.
  const all = await asked(hosts, limit);
  for (const { host: one, status } of all) {
    const run = status?.runs.find(({ id, pid }) => id === target || isTarget(pid));
    if (run === undefined) continue;
    return status?.kind === 'machine' ? await endRun(one, run, limit) : await endHost(one, limit);
  }
  const silent = all.flatMap(({ host: one, status }) => (one.samePids && status === undefined ? [one] : []));
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

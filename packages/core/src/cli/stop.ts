/**
 * `carpool stop`: ends the host of this machine, a run, the host of a run, or all of them. Each is asked first; what does not
 * end in time is killed, and what it had started is swept. Only hosts of this user are found.
 */
import { existsSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import { isCarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { messageOf } from '../base/thrown.ts';
import { HostClient } from '../client/client.ts';
import { abandonedHost } from '../hosts/abandoned-hosts.ts';
import { livingHosts, type LivingHost } from '../hosts/living-hosts.ts';
import { livingMachineHost, machineFolder } from '../hosts/machine-folder.ts';
import { sweepHost } from '../hosts/sweep.ts';
import { mayBeRunning } from '../process/identity.ts';
import { signalProcess } from '../process/group.ts';
import type { RunStatus, StatusResult } from '../wire/status.ts';
import { answerTimeout, statusOf } from './ps/ask.ts';
import { count } from './ps/units.ts';

export interface StopOptions {
  /** Every host of this user. */
  readonly all?: boolean;
  /** Milliseconds in which what is asked must have ended; null: it is not killed. */
  readonly timeout?: number | null;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

/** Milliseconds: more than a host allows itself for its end. */
export const stopTimeout = 25_000;
/** Milliseconds for the system to end what is killed. */
const killTimeout = 5_000;
const interval = 20;

/**
 * Prints what has ended. Resolves with 1 if something could not be ended, or there is nothing of that name.
 * @param target the pid of a host or of a runner, or the id of a run. Default: the host of this machine
 */
export async function stop(
  target?: string,
  { all = false, timeout = stopTimeout, bases }: StopOptions = {},
): Promise<number> {
  if (all && target !== undefined) return failed('`--all` ends every host: give it, or one to end, and not both');
  const hosts = livingHosts(bases);
  if (all) return await endAll(hosts, timeout);
  return target === undefined ? await endMachine(hosts, timeout) : await endNamed(hosts, target, timeout);
}

async function endAll(hosts: readonly LivingHost[], timeout: number | null): Promise<number> {
  if (hosts.length === 0) console.log('carpool: no host is running');
  const codes = await Promise.all(hosts.map((host) => endHost(host, timeout)));
  return Math.max(0, ...codes);
}

async function endMachine(hosts: readonly LivingHost[], timeout: number | null): Promise<number> {
  const found = livingMachineHost(machineFolder());
  const host = hosts.find(({ record }) => record.id === found?.id);
  if (host !== undefined) return await endHost(host, timeout);
  const others = hosts.length === 0 ? '' : `; \`carpool stop --all\` ends ${count(hosts.length, 'other host')}`;
  console.log(`carpool: there is no host of this machine${others}`);
  return 0;
}

async function endNamed(hosts: readonly LivingHost[], target: string, timeout: number | null): Promise<number> {
  const isTarget = (pid: number | undefined): boolean => String(pid) === target;
  const host = hosts.find(({ record, samePids }) => samePids && isTarget(record.pid));
  if (host !== undefined) return await endHost(host, timeout);
  // One that does not answer is found by its own pid alone.
  const asked = await Promise.all(hosts.map(({ address }) => statusOf(address, 0).catch(noop)));
  for (const [at, status] of asked.entries()) {
    const run = status?.runs.find(({ id, pid }) => id === target || isTarget(pid));
    const one = hosts[at];
    if (run === undefined || one === undefined) continue;
    return status?.kind === 'machine' ? await endRun(one, run, timeout) : await endHost(one, timeout);
  }
  return failed(`no host and no run of this user is ${target}; \`carpool ps\` lists them`);
}

async function endRun({ address }: LivingHost, run: RunStatus, timeout: number | null): Promise<number> {
  const name = `the run of ${run.runner ?? 'a runner'}: ${run.folder}, pid ${run.pid}`;
  const client = await HostClient.connect({ address, runner: 'carpool stop', observer: true, timeout: answerTimeout });
  try {
    await client.ask({ method: 'stop', run: run.id }, timeout ?? 2 ** 31 - 1);
  } catch (thrown) {
    return failed(`${name} has not ended: ${messageOf(thrown)}`);
  } finally {
    client.close();
  }
  console.log(`carpool: has ended: ${name}, with all that it held`);
  return 0;
}

async function endHost(host: LivingHost, timeout: number | null): Promise<number> {
  const { record, machine, samePids } = host;
  const status = await statusOf(host.address, 0).catch(() => undefined); // it is asked once more below
  const name = status?.kind === 'machine' || machine ? 'the host of this machine' : 'the host of a run';
  const described = `process ${record.pid}${status === undefined ? '' : contentOf(status)}`;
  const fault = await askToEnd(host);
  const patience = fault === undefined ? timeout : 0;
  if (await hasEnded(host, patience)) {
    console.log(`carpool: ${name} has ended: ${described}`);
    return 0;
  }
  const why = fault ?? `it has not ended within ${(patience ?? 0) / 1_000} s`;
  if (!samePids) return failed(`${name} has not ended: ${why}. It is in another PID namespace: end it there`);
  signalProcess(record, 'SIGKILL');
  if (!(await hasEnded(host, killTimeout))) return failed(`${name} cannot be killed: ${described}`);
  const swept = await sweepKilled(host.folder);
  console.log(`carpool: ${name} was killed: ${described}: ${why}${swept ? '. What it had started has ended' : ''}`);
  return swept ? 0 : failed('something of it is left; `carpool doctor` names it');
}

/** @returns whether nothing of it is left */
async function sweepKilled(folder: string): Promise<boolean> {
  const deadline = systemClock.now() + killTimeout;
  // Its runner may sweep it too.
  while (existsSync(folder)) {
    const left = await abandonedHost(folder);
    if (left !== undefined) return await sweepHost(left);
    // Its socket closes when the last of its threads has ended, and its first thread may end before.
    if (systemClock.now() >= deadline) return false;
    await pause();
  }
  return true;
}

function contentOf({ kind, runs, pools }: StatusResult): string {
  const children = pools.reduce((sum, pool) => sum + pool.children.length, 0);
  const [run] = runs;
  const served =
    kind === 'machine' ? `with ${count(runs.length, 'run')}` : `of ${run?.runner ?? 'a runner'}, ${run?.folder}`;
  return `, ${served} and ${count(children, 'child', 'children')}`;
}

/** @returns why it cannot end by itself */
async function askToEnd({ address, record, samePids }: LivingHost): Promise<string | undefined> {
  try {
    const client = await HostClient.connect({
      address,
      runner: 'carpool stop',
      observer: true,
      timeout: answerTimeout,
    });
    try {
      await client.ask({ method: 'stop' }, answerTimeout);
    } finally {
      client.close();
    }
  } catch (thrown) {
    if (samePids && !mayBeRunning(record)) return undefined;
    if (!hasAnswered(thrown)) return 'it did not answer';
    // One of another version, or one that does not listen yet, or no more: what a signal does is the same for all.
    if (samePids) signalProcess(record, 'SIGTERM');
  }
  return undefined;
}

/** With a refusal, or by closing the connection. */
function hasAnswered(thrown: unknown): boolean {
  return (
    isCarpoolError(thrown) && thrown.context['hostSilence'] === undefined && thrown.context['timeout'] === undefined
  );
}

/** @param timeout milliseconds; null: any time */
async function hasEnded({ record, samePids, folder }: LivingHost, timeout: number | null): Promise<boolean> {
  const deadline = systemClock.now() + (timeout ?? Infinity);
  const runs = (): boolean => (samePids ? mayBeRunning(record) : existsSync(folder));
  while (runs()) {
    if (systemClock.now() >= deadline) return false;
    await pause();
  }
  return true;
}

async function pause(): Promise<void> {
  await new Promise<void>((resolve) => systemClock.after(interval, resolve));
}

function failed(message: string): number {
  console.error(`carpool: ${message}`);
  return 1;
}

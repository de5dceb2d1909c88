/**
 * `carpool stop`: ends the host of this machine, a run, the host of a run, or all of them. Each is asked first; what does not
 * end in time is killed, and what it had started is swept. Only hosts of this user are found.
 */
import { existsSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import { isCarpoolError } from '../base/errors.ts';
import { noop } from '../base/noop.ts';
import { messageOf } from '../base/thrown.ts';
import { within } from '../base/wait.ts';
import { HostClient } from '../client/client.ts';
import { abandonedHost } from '../hosts/abandoned-hosts.ts';
import { livingHosts, type LivingHost } from '../hosts/living-hosts.ts';
import { livingMachineHost, findMachineFolder } from '../hosts/machine-folder.ts';
import { sweepHost } from '../hosts/sweep.ts';
import { isStopped, mayBeRunning } from '../process/identity.ts';
import { signalProcess } from '../process/group.ts';
import type { RunStatus, StatusResult } from '../wire/status.ts';
import { statusOf } from './ps/ask.ts';
import { count } from './ps/units.ts';

export interface StopOptions {
  /** Every host of this user. */
  readonly all?: boolean;
  /** Milliseconds for all of it: to answer, and to end; null: nothing is killed. */
  readonly timeout?: number | null;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

/** Milliseconds: more than a host allows itself for its end. */
export const stopTimeout = 25_000;
/** Milliseconds for the system to end what is killed. */
const killTimeout = 5_000;
const interval = 20;

/** Milliseconds: a day. A timer takes 24, and the wait for an answer adds to it. */
const longest = 86_400_000;
/** Milliseconds of one question: a connection that waits longer is judged by its silence. */
const questionTimeout = 10_000;

/** What is left of the time for all of it. */
class Limit {
  readonly milliseconds: number;
  readonly #end: number;

  /** @param timeout null: any time */
  constructor(timeout: number | null) {
    this.milliseconds = timeout ?? Infinity;
    this.#end = systemClock.now() + this.milliseconds;
  }

  get left(): number {
    return Math.max(0, this.#end - systemClock.now());
  }

  /** Nothing is killed. */
  get isNever(): boolean {
    return this.milliseconds === Infinity;
  }
}

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
  // One that does not answer is found by its own pid alone.
  const asked = await Promise.all(hosts.map(({ address }) => statusOf(address, 0).catch(noop)));
  for (const [at, status] of asked.entries()) {
    const run = status?.runs.find(({ id, pid }) => id === target || isTarget(pid));
    const one = hosts[at];
    if (run === undefined || one === undefined) continue;
    return status?.kind === 'machine' ? await endRun(one, run, limit) : await endHost(one, limit);
  }
  return failed(`no host and no run of this user is ${target}; \`carpool ps\` lists them`);
}

async function endRun({ address }: LivingHost, run: RunStatus, limit: Limit): Promise<number> {
  const name = `the run of ${run.runner ?? 'a runner'}: ${run.folder}, ${placeOf(run)}`;
  const timeout = Math.min(limit.left, longest);
  const client = await HostClient.connect({ address, runner: 'carpool stop', observer: true, timeout });
  try {
    await client.ask({ method: 'stop', run: run.id }, timeout);
  } catch (thrown) {
    return failed(`${name} has not ended: ${messageOf(thrown)}`);
  } finally {
    client.close();
  }
  console.log(`carpool: has ended: ${name}, with all that it held`);
  return 0;
}

/** Of one on another machine no process is known here. */
function placeOf({ pid, client }: RunStatus): string {
  return client === undefined ? `pid ${pid}` : `with the address of ${JSON.stringify(client)}`;
}

async function endHost(host: LivingHost, limit: Limit): Promise<number> {
  const { record, machine, samePids } = host;
  const expired = (): Error => new Error('no answer');
  const asked = within(statusOf(host.address, 0), { clock: systemClock, timeout: limit.left, expired });
  const status = await asked.catch(() => undefined); // it is asked once more below
  const name = status?.kind === 'machine' || machine ? 'the host of this machine' : 'the host of a run';
  const described = `process ${record.pid}${status === undefined ? '' : contentOf(status)}`;
  const fault = await askToEnd(host, limit);
  if (await hasEnded(host, fault === undefined ? limit.left : 0)) {
    console.log(`carpool: ${name} has ended: ${described}`);
    return 0;
  }
  const why = fault ?? `it has not ended within ${limit.milliseconds / 1_000} s`;
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

/** As long as there is time: one that is busy answers later. @returns why it cannot end by itself */
async function askToEnd(host: LivingHost, limit: Limit): Promise<string | undefined> {
  const { record, samePids } = host;
  for (;;) {
    try {
      await askOnce(host, Math.min(limit.left, questionTimeout));
      return undefined;
    } catch (thrown) {
      if (samePids && !mayBeRunning(record)) return undefined;
      if (hasAnswered(thrown)) {
        // One of another version, or one that does not listen yet, or no more: what a signal does is the same for all.
        if (samePids) signalProcess(record, 'SIGTERM');
        return undefined;
      }
      if (samePids && !limit.isNever && isStopped(record)) return 'it is stopped, and answers nothing';
      if (limit.left === 0) return `it did not answer within ${limit.milliseconds / 1_000} s`;
    }
  }
}

async function askOnce({ address }: LivingHost, timeout: number): Promise<void> {
  const client = await HostClient.connect({ address, runner: 'carpool stop', observer: true, timeout });
  try {
    await client.ask({ method: 'stop' }, timeout);
  } finally {
    client.close();
  }
}

/** With a refusal, or by closing the connection. */
function hasAnswered(thrown: unknown): boolean {
  return (
    isCarpoolError(thrown) && thrown.context['hostSilence'] === undefined && thrown.context['timeout'] === undefined
  );
}

/** @param timeout milliseconds */
async function hasEnded({ record, samePids, folder }: LivingHost, timeout: number): Promise<boolean> {
  const deadline = systemClock.now() + timeout;
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

/**
 * Ends one host: it is asked, and has its time; what does not end is killed, and what it had started is swept.
 *
 *   asked ──▶ it ends what it serves ──▶ gone
 *     └── stopped for a second, or no time left ──▶ SIGKILL ──▶ what it has recorded is ended, its folder removed
 *
 * One that is busy does not answer either, and is given its time: only what the system shows as stopped is not waited for.
 */
import { existsSync } from 'node:fs';
import { systemClock, type Timer } from '../../base/clock.ts';
import { isCarpoolError } from '../../base/errors.ts';
import { within } from '../../base/wait.ts';
import { HostClient } from '../../client/client.ts';
import { abandonedHost } from '../../hosts/abandoned-hosts.ts';
import { endedOnPurpose } from '../../hosts/ended-on-purpose.ts';
import { leaveEndingOfFolder, leaveEndingOfHost } from '../../hosts/left-ending.ts';
import type { LivingHost } from '../../hosts/living-hosts.ts';
import { machineLog, withdrawMachineHost } from '../../hosts/machine-folder.ts';
import { sweepHost } from '../../hosts/sweep.ts';
import { signalProcess } from '../../process/group.ts';
import { isStopped, mayBeRunning } from '../../process/identity.ts';
import type { StatusResult } from '../../wire/status.ts';
import { statusOf } from '../ps/ask.ts';
import { count } from '../ps/units.ts';
import type { Limit } from './limit.ts';

/** Milliseconds for the system to end what is killed. */
const killTimeout = 5_000;
const interval = 20;
/** Milliseconds of one question: a connection that waits longer is judged by its silence. */
const questionTimeout = 10_000;
/** Milliseconds between two looks whether a host is stopped, and in how many it must be: one that is traced goes on sooner. */
const lookInterval = 100;
const stoppedLooks = 11;
/** Milliseconds after which it is said what is waited for. */
const noticeAfter = 1_000;

export interface HostEnd {
  /** Its process has ended. Where that was killed, what it had started has ended, too, and its folder is removed. */
  readonly ended: boolean;
  /** What has become of it, for the user. */
  readonly text: string;
}

/** @param say takes a sentence about a wait that takes longer */
export async function endHost(host: LivingHost, limit: Limit, say: (text: string) => void): Promise<HostEnd> {
  const watch = new StoppedWatch(host);
  const state: State = { status: undefined, answered: false };
  const notice = systemClock.after(noticeAfter, () => {
    const text = waitText({ host, limit, state, stopped: watch.isStopped });
    if (text !== undefined) say(text);
  });
  try {
    // With a limit of `never` nothing is killed: it may be continued.
    const stopped = limit.isNever ? new Promise<never>(() => {}) : watch.stopped;
    const fault = await Promise.race([stopped, askedToEnd(host, limit, state)]);
    return await (fault === undefined ? gone(host, state) : kill(host, state, fault));
  } finally {
    notice.cancel();
    watch.end();
  }
}

/** What is known of it meanwhile. */
interface State {
  status: StatusResult | undefined;
  /** It was asked to end, and has taken it. */
  answered: boolean;
}

function gone(host: LivingHost, state: State): HostEnd {
  return { ended: true, text: `${nameOf(host, state)} has ended: ${describe(host, state)}` };
}

async function kill(host: LivingHost, state: State, fault: string): Promise<HostEnd> {
  const { record, samePids, folder } = host;
  const [name, described] = [nameOf(host, state), describe(host, state)];
  if (!samePids)
    return { ended: false, text: `${name} has not ended: ${fault}. It is in another PID namespace: end it there` };
  leaveEnding(host);
  signalProcess(record, 'SIGKILL');
  if (!(await hasEnded(host, killTimeout))) return { ended: false, text: `${name} cannot be killed: ${described}` };
  withdraw(host);
  const swept = await sweepKilled(folder);
  const killed = `${name} was killed: ${described}: ${fault}`;
  return swept
    ? { ended: true, text: `${killed}. What it had started has ended` }
    : { ended: false, text: `${killed}. Something of it is left; \`carpool doctor\` names it` };
}

/** Its tests, and those that begin later, cannot learn it from the host. */
function leaveEnding({ folder, machine }: LivingHost): void {
  if (machine === undefined) leaveEndingOfFolder(folder, endedOnPurpose('host'));
  else leaveEndingOfHost(machineLog(machine), folder, endedOnPurpose('machine'));
}

/** As it does in order: nobody is told that it has crashed. Not before its end: one that lives must be found. */
function withdraw({ machine, record }: LivingHost): void {
  if (machine !== undefined) withdrawMachineHost(machine, record.id);
}

/** Resolves when it has ended. @returns why it does not end by itself, in half a sentence */
async function askedToEnd(host: LivingHost, limit: Limit, state: State): Promise<string | undefined> {
  const expired = (): Error => new Error('no answer');
  const asked = within(statusOf(host.address, 0), { clock: systemClock, timeout: limit.left, expired });
  state.status = await asked.catch(() => undefined); // it is asked once more below
  const fault = await askToEnd(host, limit);
  state.answered = fault === undefined;
  if (await hasEnded(host, fault === undefined ? limit.left : 0)) return undefined;
  return fault ?? `it has not ended within ${limit.milliseconds / 1_000} s`;
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

/** Looks whether a host is stopped: by SIGSTOP, or a debugger. Where the system does not show that, none is. */
class StoppedWatch {
  /** Resolves when it was stopped in all looks of a second, with half a sentence that says so. */
  readonly stopped: Promise<string>;
  readonly #host: LivingHost;
  /** One after the other in which it was. */
  #looks = 0;
  #timer: Timer | undefined;

  constructor(host: LivingHost) {
    this.#host = host;
    this.stopped = new Promise((resolve) => this.#look(resolve));
  }

  get isStopped(): boolean {
    return this.#looks > 0;
  }

  end(): void {
    this.#timer?.cancel();
  }

  #look(resolve: (why: string) => void): void {
    const { samePids, record } = this.#host;
    if (!samePids) return;
    this.#looks = isStopped(record) ? this.#looks + 1 : 0;
    if (this.#looks === stoppedLooks) resolve('it was stopped, by SIGSTOP or a debugger, and did not answer');
    else this.#timer = systemClock.after(lookInterval, () => this.#look(resolve));
  }
}

interface Waiting {
  readonly host: LivingHost;
  readonly limit: Limit;
  readonly state: State;
  readonly stopped: boolean;
}

/** What is waited for. Undefined: it is about to be killed. */
function waitText({ host, limit, state, stopped }: Waiting): string | undefined {
  const what = `${nameOf(host, state)} (process ${host.record.pid})`;
  if (stopped)
    return limit.isNever
      ? `waits for ${what}, which is stopped: \`kill -CONT ${host.record.pid}\` lets it go on`
      : `${what} is stopped: it is killed`;
  const until = limit.isNever ? '' : `; after ${Math.ceil(limit.left / 1_000)} s it is killed`;
  return state.answered
    ? `waits until ${what} has ended what it serves${until}`
    : `waits for an answer of ${what}: it may be busy${until}`;
}

function nameOf({ machine }: LivingHost, { status }: State): string {
  return status?.kind === 'machine' || machine !== undefined ? 'the host of this machine' : 'the host of a run';
}

function describe({ record }: LivingHost, { status }: State): string {
  return `process ${record.pid}${status === undefined ? '' : contentOf(status)}`;
}

function contentOf({ kind, runs, pools }: StatusResult): string {
  const children = pools.reduce((sum, pool) => sum + pool.children.length, 0);
  const [run] = runs;
  const served =
    kind === 'machine' ? `with ${count(runs.length, 'run')}` : `of ${run?.runner ?? 'a runner'}, ${run?.folder}`;
  return `, ${served} and ${count(children, 'child', 'children')}`;
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

/**
 * One shard that runs: the leader of a process group of its own, so that what is meant for it reaches all of it, through `npx`
 * and shells too, and nothing of it is left when it was killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { noop } from '../../base/noop.ts';
import { systemClock } from '../../base/clock.ts';
import { endAll, signalGroup } from '../../process/group.ts';
import { groupMembers, startTimeOf, type ProcessIdentity } from '../../process/identity.ts';
import { descend, type Rung } from '../../process/stop-ladder.ts';
import { killTree } from '../../process/taskkill.ts';
import type { ShardEnd } from './outcome.ts';
import type { Shard } from './plan.ts';

const windows = process.platform === 'win32';

/** Milliseconds: a runner that is interrupted ends its tests and teardowns. */
export interface StopTimes {
  readonly interrupt: number;
  readonly terminate: number;
  readonly kill: number;
}

const defaultStopTimes: StopTimes = { interrupt: 15_000, terminate: 5_000, kill: 5_000 };
/** Of what is left of one that was killed. */
const leftTimes = { terminate: 1_000, kill: 2_000 };

export class ShardProcess {
  /** Resolves when it is gone, and what a killed one has left. @throws what the system says of a command that cannot be run */
  readonly ended: Promise<ShardEnd>;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Absent where it could not be started, or where the system has no process groups. */
  readonly group: ProcessIdentity | undefined;
  readonly #child: ChildProcess;
  readonly #times: StopTimes;
  #stopping: Promise<unknown> | undefined;
  /** It was asked to end by SIGINT. */
  #interrupted = false;

  /**
   * @param env all of its environment, but for what tells it its number
   * @param times default: 15 s after SIGINT, 5 s after SIGTERM, 5 s after SIGKILL
   */
  constructor(
    { command, env: own }: Pick<Shard, 'command' | 'env'>,
    env: NodeJS.ProcessEnv,
    times: StopTimes = defaultStopTimes,
  ) {
    this.#times = times;
    const [file = '', ...args] = command;
    const child = spawn(file, args, {
      // Several cannot read one terminal.
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      env: { ...env, ...own },
      // On Windows a script such as `npm` is not an executable file.
      shell: windows,
    });
    this.#child = child;
    this.stdout = child.stdout;
    this.stderr = child.stderr;
    const { pid } = child;
    this.group = pid === undefined || windows ? undefined : { pid, startTime: startTimeOf(pid) };
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      // In the turn in which it was collected nothing else can have its number.
      child.once('exit', (code, signal) => {
        const stopped = this.#stopping !== undefined;
        const left = signal !== null || stopped ? this.#endLeft() : undefined;
        void Promise.resolve(left).then(() => resolve({ code, signal, stopped }));
      });
    });
  }

  /** As a terminal does it: a Ctrl-C is for all of it, also for what a shell has left that has ended; another is for its leader. */
  signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (name !== 'SIGINT' || windows) this.#child.kill(name);
    else if (!this.#over || groupMembers(pid).length > 0) {
      this.#interrupted = true;
      signalGroup(pid, name);
    }
  }

  /** Asks it to end, and makes it end. */
  async stop(): Promise<void> {
    const { interrupt, terminate, kill } = this.#times;
    const rungs: readonly Rung[] = [
      { name: 'SIGINT', timeout: interrupt, act: () => this.signal('SIGINT') },
      { name: 'SIGTERM', timeout: terminate, act: () => this.#signalAll('SIGTERM') },
      { name: 'SIGKILL', timeout: kill, act: () => this.#signalAll('SIGKILL') },
    ];
    if (this.#over) return;
    const exited = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#stopping ??= descend(rungs, { exited, force: new AbortController().signal, clock: systemClock });
    await this.#stopping;
  }

  get #over(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #signalAll(name: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#over) return;
    if (windows) killTree(pid);
    else signalGroup(pid, name);
  }

  async #endLeft(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined || windows) return;
    const left = (): ProcessIdentity[] => groupMembers(pid);
    // A shell ends by an interrupt at once, and the runner in it after its teardowns.
    if (this.#interrupted) await endAll(left, noop, { terminate: this.#times.interrupt, kill: 0 });
    await endAll(left, (name) => signalGroup(pid, name), leftTimes);
  }
}

/** Kills what a schedule says, with the line of the journal at which it is due. */
import type { Journal, Killed, Line } from './journal.ts';
import type { Run } from './run.ts';
import type { Kill } from './schedule.ts';

export interface KillsOptions {
  readonly runs: readonly Run[];
  readonly journal: Journal;
  /** The pid of the host of the machine. */
  readonly host: () => number | undefined;
}

/** Lines of other runs for which a run stays stopped before it is killed. */
const stoppedFor = 10;
/** Milliseconds, where the others write none. */
const stoppedAtMost = 2_000;

interface Stopped {
  readonly run: Run;
  readonly until: number;
  lines: number;
}

export class Kills {
  readonly #options: KillsOptions;
  readonly #due: Set<Kill>;
  readonly #stopped = new Set<Stopped>();
  /** Lines of each run; of all, under the empty name. */
  readonly #counts = new Map<string, number>();

  constructor(due: readonly Kill[], options: KillsOptions) {
    this.#options = options;
    this.#due = new Set(due);
  }

  seen(line: Line): void {
    if (line.event === 'kills') return;
    for (const name of [line.run, '']) this.#counts.set(name, this.#countOf(name) + 1);
    for (const stopped of this.#stopped) if (line.run !== stopped.run.name) stopped.lines++;
    for (const kill of this.#due) {
      const run = this.#runOf(kill);
      if (run !== undefined && run.name !== line.run) continue;
      if (this.#countOf(run?.name ?? '') >= kill.line && this.#kill(kill, line)) this.#due.delete(kill);
    }
  }

  /** What depends on time. */
  look(): void {
    for (const stopped of this.#stopped) {
      if (stopped.lines < stoppedFor && performance.now() < stopped.until) continue;
      this.#stopped.delete(stopped);
      const { run } = stopped;
      if (run.isOver) continue;
      this.#options.journal.kills({ run: run.name, pid: run.pid, how: 'SIGKILL' });
      run.kill('SIGKILL');
    }
  }

  /** What was not due, or came too late. */
  get missed(): Kill[] {
    return [...this.#due];
  }

  #countOf(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  #runOf({ run }: Kill): Run | undefined {
    return run === undefined ? undefined : this.#options.runs[run];
  }

  /** @returns false: this line does not say whom to kill */
  #kill({ how, run: number }: Kill, line: Line): boolean {
    const run = number === undefined ? undefined : this.#options.runs[number];
    switch (how) {
      case 'child':
        return line.event === 'holds' && line.child !== undefined && this.#send(how, line.child, 'SIGKILL');
      case 'host': {
        const host = this.#options.host();
        return host !== undefined && this.#send(how, host, 'SIGKILL');
      }
      case 'worker':
        // The config is evaluated in other processes.
        return line.event !== 'configures' && this.#send(how, line.pid, 'SIGKILL', run);
      case 'stopped':
        if (run === undefined || !this.#send(how, run.pid, 'SIGSTOP', run)) return false;
        this.#stopped.add({ run, lines: 0, until: performance.now() + stoppedAtMost });
        return true;
      case 'SIGKILL':
      case 'SIGINT':
      case 'SIGTERM':
        if (run === undefined || run.isOver) return false;
        this.#options.journal.kills({ run: run.name, pid: run.pid, how });
        run.kill(how);
        return true;
    }
  }

  /** @returns false: the process is gone */
  #send(how: Killed['how'], pid: number, signal: NodeJS.Signals, run?: Run): boolean {
    if (!sent(pid, 0)) return false;
    this.#options.journal.kills({ run: run?.name ?? '', pid, how });
    return sent(pid, signal);
  }
}

function sent(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
    return false;
  }
}

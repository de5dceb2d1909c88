/** Which of the runs that have come to the host of a machine go on: a run lives as long as its main process. */
import { mayBeRunning, startTimeOf, type ProcessIdentity } from '../process/identity.ts';

/** Runs that are remembered. Of one that is forgotten nothing is known any more, as if it had ended. */
const most = 10_000;

export class RunLives {
  readonly #processes = new Map<string, ProcessIdentity>();

  seen({ id, pid }: { readonly id: string; readonly pid: number }): void {
    if (this.#processes.has(id) || !Number.isInteger(pid) || pid <= 0) return;
    this.#processes.set(id, { pid, startTime: startTimeOf(pid) });
    const [oldest] = this.#processes.keys();
    if (this.#processes.size > most && oldest !== undefined) this.#processes.delete(oldest);
  }

  lives(id: string): boolean {
    const identity = this.#processes.get(id);
    if (identity === undefined) return false;
    if (mayBeRunning(identity)) return true;
    this.#processes.delete(id);
    return false;
  }
}

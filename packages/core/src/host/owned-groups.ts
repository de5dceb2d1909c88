/**
 * Process groups that the runner's main process has started for the tests, and that end with it: it ends them itself, unless
 * it was killed.
 */
import { endAll, signalGroup } from '../process/group.ts';
import { groupMembers, isRunning } from '../process/identity.ts';
import type { GroupLeader } from '../wire/control.ts';

/** Milliseconds after each signal. */
const deadlines = { terminate: 5_000, kill: 2_000 };

export class OwnedGroups {
  #leaders: readonly GroupLeader[] = [];

  set(leaders: readonly GroupLeader[]): void {
    this.#leaders = leaders;
  }

  /** Ends those whose leaders are still there: a number alone may be another's by now. */
  async end(): Promise<void> {
    const groups = this.#leaders.filter(isRunning).map(({ pid }) => pid);
    await endAll(
      () => groups.flatMap(groupMembers),
      (signal) => groups.forEach((group) => signalGroup(group, signal)),
      deadlines,
    );
  }
}

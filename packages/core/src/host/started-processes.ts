/**
 * What code of users has started in the host: a config function or a shared worker that spawns a server has no child of a
 * pool, so nothing else ends it. It is the rest of the host's process group, and what carries the host's mark elsewhere.
 */
import { endAll, signalProcess, type EndSignal } from '../process/group.ts';
import { factsOf, groupMembers, isRunning, type ProcessFacts } from '../process/identity.ts';
import { endMarked, findMarkedNow } from '../process/marked.ts';

/** Milliseconds after each signal. */
const deadlines = { terminate: 1_000, kill: 2_000 };

/** @param id the mark of this host */
export async function endStarted(id: string): Promise<void> {
  const self = factsOf(process.pid);
  if (self === undefined) return;
  const rest = restOfGroup(self);
  await endAll(
    () => rest.filter(isRunning),
    (signal) => signalAll(rest, signal),
    deadlines,
  );
  await endMarked(id, { since: self.startTime, ...deadlines });
}

/** For the `exit` handler, after which nothing else runs. */
export function endStartedNow(id: string): void {
  const self = factsOf(process.pid);
  if (self === undefined) return;
  signalAll([...restOfGroup(self), ...(findMarkedNow().get(id) ?? [])], 'SIGKILL');
}

/** The host was started as the leader of a group; in another's group only the mark proves anything. */
function restOfGroup({ pid, group }: ProcessFacts): ProcessFacts[] {
  return group === pid ? groupMembers(group).filter((member) => member.pid !== pid) : [];
}

function signalAll(processes: readonly ProcessFacts[], signal: EndSignal): void {
  for (const one of processes) signalProcess(one, signal);
}

/**
 * Whether the process itself confirms the end of a session. It is stopped by a signal, so whatever is confirmed then was not
 * confirmed by it. The same for `describeProtocol` and for `carpool check`, which has its pool in a host.
 */

/** Milliseconds in which a process that goes on would have confirmed. */
const confirmationWait = 300;

/** What follows, where the end of a session is not confirmed. */
export const unconfirmedEnd =
  'does not confirm the end of a session: its slot is free as soon as the message is sent, and what the process still sends for it can reach nothing; where it answers something then, name that in `close.expect`';

export interface Confirming {
  /** The process that has the session, and no other work. */
  readonly pid: number;
  unregister(): Promise<unknown>;
}

/**
 * Ends the session. Resolves with whether it was the process that confirmed that.
 * @throws what `unregister` throws, but for what comes of the process that stood still
 */
export async function confirmsEnd({ pid, unregister }: Confirming): Promise<boolean> {
  process.kill(pid, 'SIGSTOP');
  try {
    const ended = unregister();
    const early = await outcomeWithin(ended, confirmationWait);
    process.kill(pid, 'SIGCONT');
    if (early === undefined) await ended;
    return early !== 'ended';
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** True if the work has ended within the time, one way or the other. What it fails with later is not unhandled. */
export async function endsWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return (await outcomeWithin(work, milliseconds)) !== undefined;
}

async function outcomeWithin(work: Promise<unknown>, milliseconds: number): Promise<'ended' | 'failed' | undefined> {
  const { promise: expired, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  const ended = work.then(
    () => 'ended' as const,
    () => 'failed' as const,
  );
  try {
    return await Promise.race([ended, expired]);
  } finally {
    clearTimeout(timer);
  }
}

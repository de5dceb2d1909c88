/**
 * Whether the process itself confirms the end of a session. It is stopped by a signal, so whatever is confirmed then was not
 * confirmed by it. The same for `describeProtocol` and for `carpool check`, which has its pool in a host.
 */
import { confirmationWait, endsWithin } from './subject.ts';

/** What follows, where the end of a session is not confirmed. */
export const unconfirmedEnd =
  'does not confirm the end of a session: its slot is free as soon as the message is sent, and what the process still sends for it can reach nothing; where it answers something then, name that in `close.expect`';

export interface Confirming {
  /** The process that has the session, and no other work. */
  readonly pid: number;
  unregister(): Promise<unknown>;
}

/** Ends the session. @returns whether the process confirmed that, and how the end went */
export async function confirmsEnd({ pid, unregister }: Confirming): Promise<boolean> {
  process.kill(pid, 'SIGSTOP');
  try {
    const ended = unregister();
    const early = await endsWithin(ended, confirmationWait);
    process.kill(pid, 'SIGCONT');
    await ended;
    return !early;
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

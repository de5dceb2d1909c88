/**
 * Whether a session that did not open is opened once more, on the next child: a child may have died before this process
 * has noticed it.
 */
import type { ErrorCode } from '../base/error-kinds.ts';
import { isCarpoolError } from '../base/errors.ts';
import { asNotStarted } from '../base/not-started.ts';
import type { Opened } from '../protocol/protocol.ts';
import type { SlotHolder } from './slot-holders.ts';
import type { SlotSession } from './slot-sessions.ts';

/** It has exited, or was killed because another session had blocked it. */
const endsOfChild: ReadonlySet<ErrorCode> = new Set(['CHILD_EXITED', 'CHILD_SILENT']);

/**
 * True if its child ended by itself, and the session cannot have caused that: without `params` it opens as the one did
 * that was opened on this child before. With `params`, or as the first session, it may be what ends each child, with all
 * the sessions of others on it. Resolves when it is open, or its slot is free; any other failure is left in `opened`.
 */
export async function isLostOpening(session: SlotSession, { options }: SlotHolder): Promise<boolean> {
  const { params, signal } = options;
  const thrown = await session.opened.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (params !== undefined || signal?.aborted === true) return false;
  if (!session.generation.hasOpened || !isCarpoolError(thrown) || !endsOfChild.has(thrown.code)) return false;
  await session.conversation.released;
  return true;
}

/**
 * What `opened` resolves with. A child that ends before it has said anything at all has not started, where its protocol has no
 * hello that would tell; unless the session had `params`, which may be what has ended it.
 */
export async function openedOrNotStarted(
  { opened, generation }: SlotSession,
  { options }: SlotHolder,
): Promise<Opened> {
  try {
    return await opened;
  } catch (thrown) {
    const isOfStart = options.params === undefined && isCarpoolError(thrown, 'CHILD_EXITED') && !generation.hasSpoken;
    throw isOfStart ? asNotStarted(thrown) : thrown;
  }
}

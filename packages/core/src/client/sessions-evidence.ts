/** What the sessions of an owner said last: of the newest ones, as a test may have had thousands. */
import { systemClock } from '../base/clock.ts';
import type { Evidence } from '../base/errors.ts';
import { within } from '../base/wait.ts';
import type { PendingEvidence } from '../session/pending-evidence.ts';
import type { UserSession } from '../session/session.ts';

/** What is known of one session, of one that could not be had, or of one shared worker, when its test has failed. */
export interface SessionEvidence extends Evidence, PendingEvidence {
  /** Or "shared worker FILE". */
  readonly pool: string;
  /** Empty for one that could not be had, and for a shared worker. */
  readonly session: string;
  /** Where its child is, if that is another machine: "ci-2 (10.0.0.6:7000)". */
  readonly machine?: string | undefined;
}

/** Sessions that are asked, and shown. */
const most = 32;
/** Milliseconds. The host may ask a server for 5 s whether it answers. */
const timeout = 7_000;

/** Never rejects. @param failed as of `Owner.evidence` */
export async function sessionsEvidence(
  sessions: ReadonlySet<UserSession>,
  failed: boolean,
): Promise<SessionEvidence[]> {
  const found = [...sessions].slice(-most).map(async (session) => ({
    ...(await within(session.evidence(failed), { clock: systemClock, timeout, expired }).catch(() => ({}))),
    pool: session.pool,
    session: session.id,
    machine: session.machine,
  }));
  const left = sessions.size - found.length;
  const earlier = `${left} earlier ${left === 1 ? 'session' : 'sessions'} of the same test are not shown`;
  return [
    ...(left === 0 ? [] : [{ pool: 'sessions', session: '', messages: [earlier] }]),
    ...(await Promise.all(found)),
  ];
}

const expired = (): Error => new Error('too late');

/** An end that the child did not confirm, as a failure of the test whose session it was. */
import { CarpoolError } from '../../base/errors.ts';
import { callerLocation } from '../../base/holder-label.ts';
import type { Registration } from '../../pool/registration.ts';
import type { Released } from '../../session/state.ts';

export interface Reporting {
  /** Its test has. */
  readonly failed: boolean;
  /** Of the call that registered it. */
  readonly stack: string;
  readonly report: (found: CarpoolError) => void;
}

/**
 * What the end of an owner reports of one of its sessions: what was found wrong, or with `leaks: 'fail'` that its end was not
 * confirmed. Where the child has died, or the test has failed, that is told already. Where the child has stood still meanwhile,
 * another test may have blocked it: the run counts such an end, and nothing fails.
 */
export function reportEnd(
  registration: Registration,
  { confirmed, failure, diagnosed }: Released,
  { failed, stack, report }: Reporting,
): void {
  const { conversation, settings } = registration;
  const isLate = !confirmed && (failure === undefined || failure.code === 'REQUEST_TIMEOUT');
  if (diagnosed !== undefined) report(diagnosed);
  if (diagnosed !== undefined || !isLate || failed || settings.leaks !== 'fail' || !registration.wentOn()) return;
  const { id } = conversation;
  const at = callerLocation({ stack });
  const place = at === undefined ? '' : `, registered at ${at},`;
  const what = `the child did not confirm the end of session ${id} of pool "${settings.name}"${place} within ${Math.round(settings.closeTimeout)} ms, \`closeTimeout\` of the pool, though it went on meanwhile`;
  const message = `The test has left a session behind: ${what}. Its slot is not used again`;
  report(
    new CarpoolError('SESSION_LEAKED', message, { context: { session: id, pool: settings.name }, cause: failure }),
  );
}

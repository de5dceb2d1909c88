/** What the children said when a test failed: attached as JSON, and in the error, where every reporter shows it. */
import type { TestInfo, TestInfoError } from '@playwright/test';
import type { Owner, SessionEvidence } from 'carpool/client';

/** When it is kept. */
export type EvidenceRule = 'on-failure' | 'always' | 'off';

/** In the clean-up of a test, while its sessions still live. Never rejects. */
export async function keepEvidence(testInfo: TestInfo, rule: EvidenceRule, owners: readonly Owner[]): Promise<void> {
  const { status, expectedStatus, errors } = testInfo;
  const failed = status !== expectedStatus && (status === 'failed' || status === 'timedOut');
  if (rule === 'off' || (rule === 'on-failure' && !failed)) return;
  const found = (await Promise.all(owners.map((owner) => owner.evidence()))).flat();
  if (found.length === 0) return;
  // JSON: the list reporter would print a text.
  const body = JSON.stringify(found, undefined, 2);
  await testInfo.attach('carpool', { contentType: 'application/json', body }).catch(() => {});
  const [error] = errors;
  if (failed && error !== undefined) append(error, found);
}

/** The message stands in the stack too, and that is what reporters print. */
function append(error: TestInfoError, found: readonly SessionEvidence[]): void {
  const message = error.message ?? error.value ?? '';
  const text = found.map((evidence) => describe(evidence, message)).join('');
  if (error.message === undefined) error.value = message + text;
  else error.message = message + text;
  if (error.stack === undefined) return;
  const end = error.stack.indexOf(message) + message.length;
  error.stack = error.stack.slice(0, end) + text + error.stack.slice(end);
}

function describe({ pool, session, stderr, stdout, messages, exit }: SessionEvidence, message: string): string {
  const parts = [`\n\n── ${pool}, session ${session} ──`];
  if (exit !== undefined) parts.push(`the child ${exit}`);
  if (messages !== undefined && messages.length > 0) parts.push('last messages:', indented(messages.join('\n')));
  // The error of a child that died has the rest already.
  if (stderr !== undefined && !message.includes(stderr.trimEnd())) parts.push('end of its stderr:', indented(stderr));
  if (stdout !== undefined && !message.includes(stdout.trimEnd()))
    parts.push('no message, but on its stdout:', indented(stdout));
  return parts.length === 1 ? '' : parts.join('\n');
}

/** With a bar, so that no reporter takes a stack of the child for the stack of the error. */
function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  │ ');
}

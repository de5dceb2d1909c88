/** What the children said when a test failed: attached as JSON, and in the error, where every reporter shows it. */
import type { TestInfo, TestInfoError } from '@playwright/test';
import { evidenceText, type Owner, type SessionEvidence } from 'carpool/adapter/test-process';

/** When the evidence of a test is kept: `on-failure`, `always` or `off`. */
export type EvidenceRule = 'on-failure' | 'always' | 'off';

/** In the clean-up of a test, while its sessions still live. Never rejects. */
export async function keepEvidence(testInfo: TestInfo, rule: EvidenceRule, owners: readonly Owner[]): Promise<void> {
  const { status, expectedStatus, errors } = testInfo;
  const failed = status !== expectedStatus && (status === 'failed' || status === 'timedOut');
  if (rule === 'off' || (rule === 'on-failure' && !failed)) return;
  const found = (await Promise.all(owners.map((owner) => owner.evidence(failed)))).flat();
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
  const text = evidenceText(found, { message, cause: error.cause });
  if (error.message === undefined) error.value = message + text;
  else error.message = message + text;
  if (error.stack === undefined) return;
  const end = error.stack.indexOf(message) + message.length;
  error.stack = error.stack.slice(0, end) + text + error.stack.slice(end);
}

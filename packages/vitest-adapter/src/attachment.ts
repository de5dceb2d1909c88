/**
 * The evidence of a failed test as an annotation with an attached text: the HTML report and the UI show both, JUnit and the
 * terminal the line alone. It is added in the main process, where it is known how the last attempt has ended: `annotate` throws
 * at the time when the evidence of an attempt is known, and would leave some on a test that passes when it is tried again.
 */
import { evidenceText } from 'carpool/adapter/main-process';
import type { RunnerTestCase } from 'vitest';
import type { TestCase, Vitest } from 'vitest/node';
import type { SessionEvidence } from './provided.ts';

/** Of the errors of a test. */
interface Shown {
  readonly message?: string;
}

/** Its reporters are told as of an annotation that the test itself has made. */
export async function attachEvidence(vitest: Vitest, test: TestCase, found: readonly SessionEvidence[]): Promise<void> {
  const text = textOf(found, test.result().errors ?? []);
  if (text === '') return;
  const pools = [...new Set(found.map(({ pool }) => pool))];
  const attachment = { contentType: 'text/plain;charset=utf-8', body: Buffer.from(text).toString('base64') };
  const annotation = { type: 'carpool', message: `evidence of ${pools.join(', ')}, attached for reports`, attachment };
  // Neither is in its types, and both have been there since it has annotations.
  const { task } = test as unknown as { readonly task: Pick<RunnerTestCase, 'annotations'> };
  const { report } = vitest as unknown as { readonly report: (...event: readonly unknown[]) => Promise<void> };
  task.annotations.push(annotation);
  await report.call(vitest, 'onTestCaseAnnotate', test, annotation);
}

/** All of it, also what an error shows already. */
function textOf(found: readonly SessionEvidence[], errors: readonly Shown[]): string {
  const attempts = [...Map.groupBy(found, ({ error }) => error)];
  return attempts
    .map(([error, its]) => {
      const text = evidenceText(its).trim();
      const [headline = ''] = errors[error]?.message?.split('\n', 1) ?? [];
      return attempts.length === 1 || text === '' ? text : `${headline}\n\n${text}`;
    })
    .filter((text) => text !== '')
    .join('\n\n\n')
    .concat('\n')
    .trimStart();
}

/** Shows what the children said when a test failed, and after a run what the pools did. */
import type { HostSummary } from 'carpool/host';
import type { Reporter, TestCase, Vitest } from 'vitest/node';
import type { SessionEvidence } from './provided.ts';
import type { SharedHost } from './shared-host.ts';

export class CarpoolReporter implements Reporter {
  readonly #vitest: Vitest;
  readonly #hosts: () => Iterable<SharedHost>;

  constructor(vitest: Vitest, hosts: () => Iterable<SharedHost>) {
    this.#vitest = vitest;
    this.#hosts = hosts;
  }

  /**
   * Appends the evidence to the message of the error, where every reporter shows it. `annotate` would be the proper way
   * and throws at the time when the evidence is known, in the clean-up of a fixture.
   */
  onTestCaseResult(test: TestCase): void {
    const { carpool: found } = test.meta();
    const { state, errors } = test.result();
    if (state !== 'failed' || found === undefined) return;
    for (const evidence of found) {
      const error = errors[evidence.error] ?? errors[0];
      const text = describe(evidence);
      if (error !== undefined && !error.message.includes(text)) error.message += text;
    }
  }

  /** On stderr, so that `--reporter=json` stays readable for machines. */
  async onTestRunEnd(): Promise<void> {
    for (const host of this.#hosts()) {
      const summary = host.summarised ? await host.summary() : undefined;
      for (const pool of summary?.pools ?? []) {
        if (pool.children > 0) this.#vitest.logger.error(line(pool));
      }
    }
  }
}

function describe({ pool, session, stderr, stdout, messages, exit }: SessionEvidence): string {
  const parts = [`\n\n── ${pool}, session ${session} ──`];
  if (exit !== undefined) parts.push(`the child ${exit}`);
  if (messages !== undefined && messages.length > 0)
    parts.push('last messages:', ...messages.map((text) => `  ${text}`));
  if (stderr !== undefined && stderr !== '') parts.push('end of its stderr:', indented(stderr));
  if (stdout !== undefined && stdout !== '') parts.push('no message, but on its stdout:', indented(stdout));
  return parts.length === 1 ? '' : parts.join('\n');
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}

function line(pool: HostSummary['pools'][number]): string {
  const { name, children, sessions, peak, longestWait, quarantined, failures } = pool;
  const parts = [count(children, 'child', 'children'), count(sessions, 'session'), `peak ${peak}`];
  parts.push(`longest wait ${Math.round(longestWait)} ms`);
  if (failures > 0) parts.push(`${count(failures, 'child', 'children')} failed`);
  if (quarantined > 0) parts.push(`${quarantined} quarantined`);
  return `carpool: ${name}: ${parts.join(', ')}`;
}

function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

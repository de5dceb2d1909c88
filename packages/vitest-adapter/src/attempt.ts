/**
 * One attempt of one test: the owner of what it holds.
 *
 * Vitest calls no clean-up of a fixture whose set-up did not finish. So the owner is set up first, by a fixture that
 * waits for nothing, and the sessions hang on it.
 */
import { Owner, TestClock, type WaitOptions } from 'carpool/adapter/test-process';
import type { RunnerTestCase } from 'vitest';
import { connect, provided } from './connect.ts';

/** One attempt of one test, on its own clock. */
export class Attempt extends Owner {
  readonly file: Owner;
  readonly #task: RunnerTestCase;
  readonly #clock: TestClock;
  /** How many errors earlier attempts of the test have brought. */
  readonly #errors: number;
  #ended: Promise<void> | undefined;

  constructor(task: RunnerTestCase, file: Owner) {
    const { errors = [] } = task.result ?? {};
    // An owner that has ended stays ended: each attempt has a path of its own.
    const path = [...file.path, `${task.id} ${crypto.randomUUID()}`];
    super({ path, holder: { file: task.file.filepath, test: nameOf(task) }, connect });
    this.#task = task;
    this.#clock = new TestClock(() => task.timeout);
    this.file = file;
    this.#errors = errors.length;
  }

  /** For a wait that is on the clock of the test after all. */
  waitOptions(): WaitOptions {
    return this.#clock.waitOptions();
  }

  /** It has ended, or is about to. */
  get over(): boolean {
    return this.#ended !== undefined;
  }

  /** Called twice: by a fixture, and by what runs when the test has finished. The first call counts. */
  override end(): Promise<void> {
    return (this.#ended ??= this.#end());
  }

  async #end(): Promise<void> {
    if (this.#task.result?.state === 'fail' && this.#task.fails !== true) await this.#leaveEvidence();
    await super.end();
  }

  async #leaveEvidence(): Promise<void> {
    if (provided()?.evidence === false) return;
    const all = [...(await this.evidence()), ...(await this.file.evidence())];
    const found = all.filter(({ stderr = '', messages = [], exit }) => stderr !== '' || messages.length > 0 || exit);
    if (found.length === 0) return;
    const earlier = this.#task.meta.carpool ?? [];
    this.#task.meta.carpool = [...earlier, ...found.map((evidence) => ({ ...evidence, error: this.#errors }))];
  }
}

/** "cart › adds an item" */
function nameOf(task: RunnerTestCase): string {
  const names = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite)
    if (suite.name !== '') names.unshift(suite.name);
  return names.join(' › ');
}

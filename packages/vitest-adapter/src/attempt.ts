/**
 * One attempt of one test: the owner of what it holds.
 *
 * Vitest calls no clean-up of a fixture whose set-up did not finish. So the owner is set up first, by a fixture that
 * waits for nothing, and the sessions hang on it.
 */
import { Owner, timeoutWithin, type RegisterOptions } from 'carpool/client';
import type { RunnerTestCase } from 'vitest';
import { connect } from './connect.ts';

// Taken when the module is loaded: a test may fake the clock before its clean-up needs a real one.
const now = performance.now.bind(performance);

/** One attempt of one test, on its own clock. */
export class Attempt extends Owner {
  readonly file: Owner;
  readonly #task: RunnerTestCase;
  readonly #since = now();
  /** How many errors earlier attempts of the test have brought. */
  readonly #errors: number;
  #ended: Promise<void> | undefined;

  constructor(task: RunnerTestCase, file: Owner) {
    const { errors = [] } = task.result ?? {};
    // An owner that has ended stays ended: each attempt has a path of its own.
    const path = [...file.path, `${task.id} ${crypto.randomUUID()}`];
    super({ path, holder: { file: task.file.filepath, test: nameOf(task) }, connect });
    this.#task = task;
    this.file = file;
    this.#errors = errors.length;
  }

  /** For a wait that is on the clock of the test after all. */
  get waitOptions(): Pick<RegisterOptions, 'timeout'> {
    const { timeout } = this.#task;
    return timeoutWithin(timeout > 0 ? timeout - (now() - this.#since) - 100 : Infinity);
  }

  /** It has ended, or is about to. */
  get over(): boolean {
    return this.#ended !== undefined;
  }

  /** Called by whoever is first: a fixture, or what runs when the test has finished. */
  override end(): Promise<void> {
    return (this.#ended ??= this.#end());
  }

  async #end(): Promise<void> {
    if (this.#task.result?.state === 'fail' && this.#task.fails !== true) await this.#leaveEvidence();
    await super.end();
  }

  async #leaveEvidence(): Promise<void> {
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

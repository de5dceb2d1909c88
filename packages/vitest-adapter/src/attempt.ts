/**
 * One attempt of one test, and the owner of what it holds, once it holds something.
 *
 * Vitest calls no clean-up of a fixture whose set-up did not finish. So the attempt is set up first, by a hook or a fixture
 * that waits for nothing, and the sessions hang on it.
 */
import type { FileOwner, Owner } from 'carpool/adapter/test-process';
import { ownerNumber, type OwnerClasses } from 'carpool/adapter/current-test';
import type { RunnerTestCase } from 'vitest';
import { connect, provided } from './connect.ts';

/** One attempt of one test. */
export class Attempt {
  readonly task: RunnerTestCase;
  /** How many errors earlier attempts of the test have brought. */
  readonly #errors: number;
  #owner: Owner | undefined;
  #ended: Promise<void> | undefined;

  constructor(task: RunnerTestCase) {
    this.task = task;
    this.#errors = task.result?.errors?.length ?? 0;
  }

  /** What it holds. After its end that is an owner that has ended: a body may run on. */
  ownerIn(file: FileOwner, { Owner: Class }: OwnerClasses, timeLeft: () => number): Owner {
    if (this.#owner !== undefined) return this.#owner;
    const task = this.task;
    // An owner that has ended stays ended: each attempt has a path of its own.
    const path = [...file.path, `${task.id} ${ownerNumber()}`];
    const holder = { file: task.file.filepath, test: nameOf(task) };
    const owner = new Class({ path, holder, connect, timeLeft, outer: file });
    if (this.over) void owner.end();
    this.#owner = owner;
    return owner;
  }

  /** It has ended, or is about to. */
  get over(): boolean {
    return this.#ended !== undefined;
  }

  /** Called twice: by a fixture, and by what runs when the test has finished. The first call counts. */
  end(file: FileOwner | undefined): Promise<void> {
    return (this.#ended ??= this.#end(file));
  }

  /** What its end has brought: the test fails with it. */
  get failures(): readonly unknown[] {
    return this.#owner?.failures ?? [];
  }

  async #end(file: FileOwner | undefined): Promise<void> {
    if (file === undefined) return;
    const { fails, result } = this.task;
    const passed = fails !== true && result?.state !== 'fail' && result?.state !== 'skip';
    if (result?.state === 'fail' && fails !== true) await this.#leaveEvidence(file);
    await this.#owner?.end({ passed });
  }

  async #leaveEvidence(file: FileOwner): Promise<void> {
    if (provided()?.evidence === false) return;
    const all = [...((await this.#owner?.evidence()) ?? []), ...(await file.evidence())];
    const found = all.filter(
      ({ stderr = '', stdout = '', messages = [], pending = [], exit, silence }) =>
        stderr !== '' || stdout !== '' || messages.length + pending.length > 0 || exit || silence,
    );
    if (found.length === 0) return;
    const earlier = this.task.meta.carpool ?? [];
    this.task.meta.carpool = [...earlier, ...found.map((evidence) => ({ ...evidence, error: this.#errors }))];
  }
}

/** "cart › adds an item" */
function nameOf(task: RunnerTestCase): string {
  const names = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite)
    if (suite.name !== '') names.unshift(suite.name);
  return names.join(' › ');
}

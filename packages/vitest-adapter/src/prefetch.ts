/**
 * Keeps the wait for a slot, and the start of a child, off the clock of the test that needs them.
 *
 * Vitest sets up fixtures on the test's own time-out. Hooks have a clock of their own, but do not know which fixtures a
 * test will use. So this `test` remembers, for each test that is defined with it, what its function asks for, and puts
 * one hook before the tests of each suite in which it is used. Where Vitest does not tell (version 3, or a function
 * that hides its parameters) nothing is lost but the off-the-clock part: the fixture registers by itself.
 */
import * as vitest from 'vitest';
import type { TestAPI } from 'vitest';
import { callSite, type CallSite, type Owner } from 'carpool/adapter/test-process';
import type { Attempt } from './attempt.ts';
import { CurrentFile, refuse } from './hooks.ts';

/** An attempt that holds something, or will. */
export interface OwnedAttempt {
  readonly current: CurrentFile;
  readonly attempt: Attempt;
  readonly owner: Owner;
}

/** Readies the fixtures of these names before the clock of the test starts. Never rejects. */
export type Prefetch = (attempt: OwnedAttempt, fixtures: ReadonlySet<string>, signal?: AbortSignal) => Promise<void>;

/** The fixtures of a `test`, as Vitest 4.1 and 5 keep them, inside. */
interface Registrations {
  get?(suite: unknown): ByName;
}

type ByName = ReadonlyMap<string, { readonly deps?: ReadonlySet<string> }>;

/** What an attempt holds. */
export type Owned = (current: CurrentFile, attempt: Attempt) => OwnedAttempt;

type Define = (this: { fixtures?: Registrations }, name: string, ...rest: unknown[]) => void;

/** The pools have the deadlines. This one is for a host that lives and answers nothing. */
const hookTimeout = 30 * 60 * 1000;

const none: ReadonlySet<string> = new Set();

const sites = new WeakMap<object, CallSite>();

/** Where a test stands, for the errors of its fixtures, which no line of it asks for. Not known in Vitest 3. */
export function siteOf(task: object): CallSite | undefined {
  return sites.get(task);
}

/**
 * Vitest's `test`, to be extended, with that hook.
 * @param unknown the error for a name that a test destructures and no fixture has
 */
export function testWithPrefetch(prefetch: Prefetch, owned: Owned, unknown: (name: string) => Error): TestAPI {
  // Absent in Vitest 3.
  const { TestRunner } = vitest as Partial<typeof vitest>;
  if (TestRunner === undefined) return vitest.test;
  const define = (vitest.test as unknown as { fn: Define }).fn;
  const wanted = new WeakMap<object, ReadonlySet<string>>();
  const hooked = new WeakSet<object>();
  const collect: Define = function (name, ...rest) {
    const suite = TestRunner.getCurrentSuite();
    const before = suite.tasks.length;
    define.call(this, name, ...rest);
    const registrations = this.fixtures?.get?.(suite.suite ?? suite.file);
    const fixtures = fixturesOf(rest, registrations);
    const missing = registrations === undefined ? [] : [...fixtures].filter((name) => !registrations.has(name));
    const current = CurrentFile.hooked();
    const site = callSite(collect);
    for (const task of suite.tasks.slice(before) as vitest.RunnerTestCase[]) {
      sites.set(task, site);
      if (current === undefined) wanted.set(task, fixtures);
      else
        current.prepare.set(task, (attempt, signal) => {
          refuse(task.context, missing, unknown);
          return prefetch(owned(current, attempt), fixtures, signal);
        });
    }
    if (current !== undefined || hooked.has(suite)) return;
    hooked.add(suite);
    // Asking for the attempt sets it up, and makes sure that it is cleaned up, should the body never run. Tests of
    // another `test` in the same suite have no attempt, or one of their own.
    vitest.beforeEach(
      async ({ $carpoolAttempt, task, signal }: vitest.TestContext & { $carpoolAttempt?: OwnedAttempt }) => {
        const fixtures = wanted.get(task);
        if ($carpoolAttempt === undefined || fixtures === undefined) return;
        // A run that is cancelled waits for nothing. In Vitest 4 the signal of an earlier attempt is still there.
        await prefetch($carpoolAttempt, fixtures, signal.aborted ? undefined : signal);
      },
      hookTimeout,
    );
  };
  return TestRunner.createTaskCollector(collect);
}

/** What the function of a test asks for, with all that those fixtures depend on. */
function fixturesOf(rest: unknown[], registrations: ByName | undefined): ReadonlySet<string> {
  const body = rest.find((argument) => typeof argument === 'function');
  if (body === undefined) return none;
  const found = new Set(parametersOf(body));
  // A set visits what is added while it is read: this walks the whole graph once.
  for (const name of found) for (const needed of registrations?.get(name)?.deps ?? []) found.add(needed);
  return found;
}

/** Every word of the parameter list. More than the fixtures does no harm: what no fixture takes is given back. */
function parametersOf(body: Function): string[] {
  // `test.for` wraps the function, and keeps the original under this symbol.
  const hidden = Object.getOwnPropertySymbols(body).find(({ description }) => description === '$vitest:fixture-props');
  const props = hidden && (body as unknown as Record<symbol, { readonly original?: Function }>)[hidden];
  return /\(([^)]*)/.exec((props?.original ?? body).toString())?.[1]?.match(/[\w$]+/g) ?? [];
}

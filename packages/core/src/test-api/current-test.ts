/**
 * The current test, its file and its worker. An adapter stores them under one global symbol of the realm in which tests
 * run; `carpool/shared-worker` and `carpool/coordination` find them there, whichever copy of these modules a test loads. In
 * Jest the objects live in the worker's realm, and the code that finds them in the test's.
 *
 *   adapter ─ openFile(slot, file) ─▶ registrations join ─▶ tests ─▶ closeFile(slot) ─▶ teardowns, leases released
 *
 * Most test files hold nothing. An adapter that would have to load something for the owners leaves `slot.open` there
 * instead: the first that needs them passes the classes in, which it has loaded.
 */
import type { FileOwner } from '../client/file-owner.ts';
import type { Owner } from '../client/owner.ts';
import type { TestClock } from '../client/test-clock.ts';

/** What an adapter says of the test that runs; `carpool/coordination`, `carpool/shared-worker` and `register` read it. */
export interface CurrentTest {
  /** The current file. Undefined between files, and where a runner only collects tests. */
  readonly file: FileOwner | undefined;
  /** In a process in which the runner only collects tests, and runs none: its name. */
  readonly collects?: string | undefined;
  /**
   * The attempt of the test that makes the call; undefined outside tests.
   * @throws CarpoolError LEASE_INVALID where that is unknown, with what to write instead
   */
  test(): Owner | undefined;
  /** The owner that lasts as long as the worker. */
  worker(): Owner;
  /**
   * Milliseconds that a call which is made now may wait, so that its own error comes before the runner's time-out. See
   * `TestClock`. `Infinity`: any time, also where the runner's time-out is not known.
   */
  timeLeft(): number;
  /** How the runner treats golden files. The call is for the test that makes it. Absent: the adapter does not know. */
  goldens?(): Promise<Goldens>;
}

/** How a runner treats golden files: the files with which a test compares a result, and which it can write anew. */
export interface Goldens {
  /** The path of the test file. */
  readonly file: string;
  /** `all`: write those that are missing and those that differ. `missing`: only the former. `none`: a missing one is a failure. */
  readonly update: 'all' | 'missing' | 'none';
  /** How the user accepts new results, after "run": "Vitest with -u". */
  readonly accept: string;
  /** The path for a file that shows a failure, by its name. Absent: beside the golden file. */
  outputPath?(name: string): string;
  /** Adds a file to the runner's report of the test. Absent: the runner has no such reports, or the test is not known. */
  attach?(attachment: GoldenAttachment): Promise<void>;
}

/** A file for the runner's report of a test. */
export interface GoldenAttachment {
  readonly name: string;
  readonly path: string;
  /** Its MIME type. */
  readonly contentType: string;
}

/** The classes of what adapters keep for a file and its tests; `owners` has them. */
export interface OwnerClasses {
  readonly Owner: typeof Owner;
  readonly FileOwner: typeof FileOwner;
  readonly TestClock: typeof TestClock;
}

/** A registration of a module that a worker evaluates once for many files: it joins each of them. */
export interface Registration {
  /** For a slot whose file is not open yet. */
  readonly owners: OwnerClasses;
  /** Called when a file begins. Never throws: failures are reported where the shared worker is used. */
  join(file: FileOwner): void;
}

/** The place of `CurrentTest` in a realm. Adapters change it with `openFile` and `closeFile`. */
export interface CurrentTestSlot {
  currentTest?: CurrentTest | undefined;
  /** Opens the current file with `openFile`, where the adapter leaves that to the first that needs it. */
  open?: ((owners: OwnerClasses) => void) | undefined;
  readonly registrations: Set<Registration>;
}

const key: unique symbol = Symbol.for('carpool.current-test') as never;

/**
 * The slot of a realm, made at the first call.
 * @param realm the global object of the realm in which tests run. Default: that of the caller
 */
export function currentTestSlot(realm: object = globalThis): CurrentTestSlot {
  const home = realm as { [key]?: CurrentTestSlot };
  if (home[key] === undefined) {
    // Not configurable, so that Jest's clean-up of globals does not remove it.
    Object.defineProperty(home, key, { value: { registrations: new Set<Registration>() } satisfies CurrentTestSlot });
  }
  return home[key] as unknown as CurrentTestSlot;
}

const numbers: unique symbol = Symbol.for('carpool.owner-numbers') as never;

/**
 * A number that no other owner of this process has, over all copies of this module, for its path: an owner that has ended
 * stays ended, and a worker may run a file or a test again. Random names would do too, and cost a test file milliseconds
 * for loading `crypto`.
 */
export function ownerNumber(): number {
  const home = globalThis as { [numbers]?: number };
  return (home[numbers] = (home[numbers] ?? 0) + 1);
}

/** The current test, opened now if the adapter has left that to its first user. Undefined where no file runs. */
export function openedCurrentTest(slot: CurrentTestSlot, owners: OwnerClasses): CurrentTest | undefined {
  if (slot.currentTest?.file === undefined) slot.open?.(owners);
  return slot.currentTest;
}

/** Call it before a test file is evaluated: registrations of earlier files in this worker join it. */
export function openFile(slot: CurrentTestSlot, current: CurrentTest & { readonly file: FileOwner }): void {
  slot.currentTest = current;
  current.file.leaks.caller = () => callerIn(current)?.leaks;
  for (const registration of slot.registrations) registration.join(current.file);
}

/** The test that makes a call. Where that is not known, its adapter throws, for calls that need it. */
function callerIn(current: CurrentTest): Owner | undefined {
  try {
    return current.test();
  } catch {
    return undefined;
  }
}

/** Call it when all hooks of a test file have run. Ends what the file holds. Never rejects; bounded. */
export async function closeFile(slot: CurrentTestSlot, file: FileOwner): Promise<void> {
  if (slot.currentTest?.file === file) slot.currentTest = undefined;
  await file.end();
}

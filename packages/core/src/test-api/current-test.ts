/**
 * What stands around a test: its file, the test itself, the worker. An adapter puts it under one global symbol of the
 * realm in which tests run; `carpool/shared-worker` and `carpool/coordination` find it there, whichever copy of them a
 * test loads. In Jest these objects are of the worker's realm, and what finds them is of the test's.
 *
 *   adapter ─ openFile(slot, file) ─▶ registrations join ─▶ tests ─▶ closeFile(slot) ─▶ teardowns, leases back
 */
import type { FileOwner } from '../client/file-owner.ts';
import type { Owner } from '../client/owner.ts';

export interface CurrentTest {
  /** The file that runs here now. Undefined between files, and where a runner only collects tests. */
  readonly file: FileOwner | undefined;
  /**
   * The attempt of the test from which the call comes; undefined outside of tests.
   * @throws CarpoolError LEASE_INVALID where that cannot be told: the error says what to write instead
   */
  test(): Owner | undefined;
  /** What lives as long as the worker. */
  worker(): Owner;
  /**
   * How long a call from here may wait, so that its own error comes before the runner's time-out. Absent, or without a
   * `timeout`: as long as it likes.
   */
  waitOptions?(): { readonly timeout?: number };
}

/** What outlives the file that asked for it: a module that a worker evaluates once, for many files. */
export interface Registration {
  /** Called for the file that has begun. Never throws: what goes wrong is told where the shared worker is used. */
  join(file: FileOwner): void;
}

export interface CurrentTestSlot {
  ambient?: CurrentTest | undefined;
  readonly registrations: Set<Registration>;
}

const key: unique symbol = Symbol.for('carpool.ambient') as never;

/** @param realm the global object of the realm in which tests run */
export function currentTestSlot(realm: object = globalThis): CurrentTestSlot {
  const home = realm as { [key]?: CurrentTestSlot };
  if (home[key] === undefined) {
    // Not configurable, so that Jest's clean-up of globals does not take it for something a test has left behind.
    Object.defineProperty(home, key, { value: { registrations: new Set<Registration>() } satisfies CurrentTestSlot });
  }
  return home[key] as unknown as CurrentTestSlot;
}

/** A file begins: what earlier files of this worker registered joins it. */
export function openFile(slot: CurrentTestSlot, ambient: CurrentTest & { readonly file: FileOwner }): void {
  slot.ambient = ambient;
  for (const registration of slot.registrations) registration.join(ambient.file);
}

/** A file ends. Never rejects; bounded. */
export async function closeFile(slot: CurrentTestSlot, file: FileOwner): Promise<void> {
  if (slot.ambient?.file === file) slot.ambient = undefined;
  await file.end();
}

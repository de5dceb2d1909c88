/** Tests of several workers, as an adapter would run them: `as` sets the caller. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { onTestFinished } from 'vitest';
import type { HostClient } from '../../src/client/client.ts';
import { currentTestSlot } from '../../src/test-api/current-test.ts';
import { FileOwner } from '../../src/client/file-owner.ts';
import { Owner } from '../../src/client/owner.ts';
import type { Served } from './hubs.ts';

export interface Running {
  readonly test: Owner;
  readonly file: FileOwner;
  readonly worker: Owner;
  readonly client: HostClient;
  /**
   * Calls the function as if it were the body of this test; synchronously, as the slot is the realm's. All calls are one
   * call chain, which is not that of another test.
   */
  as<T>(body: () => T): T;
  /** The same in the call chain of the caller. */
  asHere<T>(body: () => T): T;
  /** The same, in a call chain of its own. */
  asFlow<T>(body: () => T): T;
  /** As code of the file, outside of its tests. */
  asFile<T>(body: () => T): T;
}

/** A test named `name` in a worker of its own, or in that of another one. */
export async function running(
  served: Served,
  name: string,
  beside?: Running,
  timeLeft: () => number = () => Infinity,
): Promise<Running> {
  const client = beside?.client ?? (await served.connect());
  const connect = async (): Promise<HostClient> => client;
  const path = `${name}.test.ts`;
  const file = beside?.file ?? new FileOwner({ path: [path], holder: { file: path }, connect });
  const test = new Owner({ path: [...file.path, name], holder: { test: name, file: path }, connect });
  const worker = beside?.worker ?? new Owner({ path: [], holder: {}, connect });
  const slot = currentTestSlot();
  onTestFinished(() => void (slot.currentTest = undefined));
  const during = <T>(current: Owner | undefined, body: () => T): T => {
    slot.currentTest = { file, test: () => current, worker: () => worker, timeLeft };
    try {
      return body();
    } finally {
      slot.currentTest = undefined;
    }
  };
  const chains = new Map<Owner | undefined, ReturnType<typeof AsyncLocalStorage.snapshot>>();
  const outside = AsyncLocalStorage.snapshot();
  /** Each call goes on where the one before it has ended. */
  const inChain = <T>(current: Owner | undefined, body: () => T): T => {
    const chain = chains.get(current) ?? outside;
    return chain(() => {
      try {
        return during(current, body);
      } finally {
        chains.set(current, AsyncLocalStorage.snapshot());
      }
    });
  };
  return {
    test,
    file,
    worker,
    client,
    as: (body) => inChain(test, body),
    asHere: (body) => during(test, body),
    asFlow: (body) => outside(() => during(test, body)),
    asFile: (body) => inChain(undefined, body),
  };
}

/** Ends a test. Its end has no answer, so that what follows on this connection shows that the host has heard of it. */
export async function endTest({ test, client }: Running): Promise<void> {
  await test.end();
  await client.names();
}

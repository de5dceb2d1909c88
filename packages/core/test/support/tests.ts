/** Tests of several workers, as an adapter would run them: `as` sets the caller. */
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
  /** Calls the function as if it were the body of this test; synchronously, as the slot is the realm's. */
  as<T>(body: () => T): T;
  /** As code of the file, outside of its tests. */
  asFile<T>(body: () => T): T;
}

/** A test named `name` in a worker of its own, or in that of another one. */
export async function running(served: Served, name: string, beside?: Running): Promise<Running> {
  const client = beside?.client ?? (await served.connect());
  const connect = async (): Promise<HostClient> => client;
  const path = `${name}.test.ts`;
  const file = beside?.file ?? new FileOwner({ path: [path], holder: { file: path }, connect });
  const test = new Owner({ path: [...file.path, name], holder: { test: name, file: path }, connect });
  const worker = beside?.worker ?? new Owner({ path: [], holder: {}, connect });
  const slot = currentTestSlot();
  onTestFinished(() => void (slot.currentTest = undefined));
  const during = <T>(current: Owner | undefined, body: () => T): T => {
    slot.currentTest = { file, test: () => current, worker: () => worker, waitOptions: () => ({}) };
    try {
      return body();
    } finally {
      slot.currentTest = undefined;
    }
  };
  return { test, file, worker, client, as: (body) => during(test, body), asFile: (body) => during(undefined, body) };
}

/** Ends a test. Its end has no answer, so that what follows on this connection shows that the host has heard of it. */
export async function endTest({ test, client }: Running): Promise<void> {
  await test.end();
  await client.names();
}

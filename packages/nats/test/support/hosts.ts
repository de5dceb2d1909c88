/** Hosts in this process: what each is granted, and what it is told. */
import {
  isCarpoolError,
  type CarpoolError,
  type Fence,
  type ReachConnection,
  type ReachLease,
  type ReachWanted,
} from 'carpool';
import { onTestFinished } from 'vitest';
import { nats, type NatsOptions } from '../../src/index.ts';

export interface Granted {
  readonly fence: Fence;
  readonly values: readonly string[] | undefined;
  readonly lease: ReachLease;
  /** Resolves when it is lost. */
  readonly lost: Promise<CarpoolError>;
}

let hosts = 0;

export class TestHost {
  readonly connection: ReachConnection;
  readonly name: string;

  /** @param name of its machine; default: another one for each */
  constructor(servers: string | readonly string[], options: NatsOptions = {}, name: string = `host ${++hosts}`) {
    this.name = name;
    this.connection = nats(servers, { run: 'r', ttl: 1_500, connectTimeout: 2_000, ...options }).open({
      host: this.name,
    });
    onTestFinished(() => this.connection.close());
  }

  /** What it asks for, and the handle of that. */
  ask(wanted: Partial<ReachWanted> & { readonly name: string }): { lease: ReachLease; granted: Promise<Granted> } {
    const { promise, resolve, reject } = Promise.withResolvers<Granted>();
    const lost = Promise.withResolvers<CarpoolError>();
    const lease: ReachLease = this.connection.acquire(
      { kind: 'lock', size: 1, weight: 1, by: `a test on ${this.name}`, wait: true, ...wanted },
      {
        granted: ({ fence, values }) => resolve({ fence, values, lease, lost: lost.promise }),
        failed: reject,
        lost: lost.resolve,
      },
    );
    return { lease, granted: promise };
  }

  async take(wanted: string | (Partial<ReachWanted> & { readonly name: string })): Promise<Granted> {
    return await this.ask(typeof wanted === 'string' ? { name: wanted } : wanted).granted;
  }
}

/** The error of Carpool with which a promise must reject. */
export async function failure(promise: Promise<unknown>): Promise<CarpoolError> {
  const thrown = await promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (isCarpoolError(thrown)) return thrown;
  throw thrown;
}

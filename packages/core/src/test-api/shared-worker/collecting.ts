/**
 * A shared worker where a runner only collects tests: Playwright evaluates each test file in its main process first. There
 * is no test worker there, so it is available at once, what is published goes nowhere, and nothing arrives.
 *
 * A top-level `await` that nothing settles would leave the event loop empty, and the runner would end green with no test
 * run. So what waits at that time fails, and with it the file. What no file awaits may wait until the process ends:
 * plugins begin to read when they are imported.
 */
import { CarpoolError, callSite, type CallSite } from '../../base/errors.ts';
import { Log, Reader } from '../../base/broadcast-log.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';

type Received = SharedWorker.Plugin.ReceivedMessage;
/** The user's call. */
type Caller = (...args: never[]) => unknown;
type Published = SharedWorker.Plugin.PublishedMessage;

export class Collecting {
  readonly available: Promise<void> = Promise.resolve();
  readonly currentlyAvailable: boolean = false;
  readonly #runner: string;
  readonly #name: string;

  /** @param runner for the errors, as `name` of the shared worker */
  constructor(runner: string, name: string) {
    this.#runner = runner;
    this.#name = name;
  }

  publish(_data: unknown, _answers: number, above: Caller): Published {
    const site = callSite(above);
    return { id: 'collecting/message/0', replies: () => this.#reader('wait for a reply of', site) };
  }

  async request(_data: unknown, _options: SharedWorker.Plugin.RequestOptions, site: CallSite): Promise<unknown> {
    return await this.#reader('wait for a reply of', site).next();
  }

  subscribe(above: Caller): Reader<Received> {
    return this.#reader('read from', callSite(above));
  }

  #reader(what: string, site: CallSite): Reader<Received> {
    return new Reader(() => {
      const log = new Log<Received>({ overflow: () => new Error('nothing arrives here') });
      process.once('beforeExit', () => log.fail(this.#refusal(what, site)));
      return log;
    });
  }

  #refusal(what: string, site: CallSite): CarpoolError {
    const message = `Cannot ${what} the shared worker ${this.#name} here: ${this.#runner} only collects the tests in this process; do it in a test, a hook or a fixture`;
    return new CarpoolError('SHARED_WORKER_FAILED', message, { scope: 'call', blame: 'test', site });
  }
}

/**
 * A shared worker where a runner only collects tests: Playwright evaluates each test file in its main process first. There
 * is no test worker there, so it is available at once, and nothing can be sent to it.
 *
 * A top-level `await` that nothing settles would leave the event loop empty, and the runner would end green with no test
 * run. So what waits at that time fails, and with it the file. What no file awaits may wait until the process ends.
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

  /** @throws CarpoolError SHARED_WORKER_FAILED, always */
  publish(_data: unknown, _answers: number, above: Caller): Published {
    throw this.#refusal('publish to', callSite(above));
  }

  request(_data: unknown, _options: SharedWorker.Plugin.RequestOptions, site: CallSite): Promise<unknown> {
    return Promise.reject(this.#refusal('ask', site));
  }

  subscribe(above: Caller): Reader<Received> {
    const site = callSite(above);
    return new Reader(() => {
      const log = new Log<Received>({ overflow: () => new Error('nothing arrives here') });
      process.once('beforeExit', () => log.fail(this.#refusal('read from', site)));
      return log;
    });
  }

  #refusal(what: string, site: CallSite): CarpoolError {
    const message = `Cannot ${what} the shared worker ${this.#name} here: ${this.#runner} only collects the tests in this process; do it in a test, a hook or a fixture`;
    return new CarpoolError('SHARED_WORKER_FAILED', message, { scope: 'call', blame: 'test', site });
  }
}

/** The owner of a test file: besides what its tests hold, its memberships in shared workers. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CallSite } from '../base/errors.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';
import { Membership } from './shared-worker/membership.ts';
import type { MembershipListener, MembershipOptions } from './shared-worker/membership-types.ts';
import type { SharedWorkerRequest } from '../wire/messages.ts';
import type { HostClient } from './client.ts';
import { Owner, type OwnerOptions } from './owner.ts';
import type { SessionEvidence } from './sessions-evidence.ts';

/** All that tests have registered to run at the end of their file. */
const teardownTimeout = 10_000;

/** A registration of a shared worker, as a file joins for it. */
export interface RegisteredWorker {
  readonly listener: MembershipListener;
  /** Where it was registered. */
  readonly site: CallSite;
  /** The file cannot do without: `ready` fails if it does not start. */
  readonly required: boolean;
  /** Of an earlier file, where the module that registered it lives on. */
  readonly earlier?: Membership | undefined;
}

/** What one run of a test file holds: sessions, leases, and its membership in shared workers. */
export class FileOwner extends Owner {
  readonly #options: OwnerOptions;
  readonly #memberships: Membership[] = [];
  #testWorker: string | undefined;
  #numbers = 0;
  #ending: Promise<void> | undefined;

  constructor(options: OwnerOptions) {
    super(options);
    this.#options = options;
  }

  /** True once `end` was called. */
  get ended(): boolean {
    return this.#ending !== undefined;
  }

  /** The URL of the test file. */
  get url(): string {
    const file = this.#options.holder.file ?? this.#options.path[0] ?? '';
    return isAbsolute(file) ? pathToFileURL(file).href : file;
  }

  /**
   * @internal
   * Joins a shared worker, which the host starts if it is not running; at its first use, if there is an `earlier` membership.
   */
  sharedWorker(request: Omit<SharedWorkerRequest, 'method'>, registered: RegisteredWorker): Membership {
    const { listener, site, required, earlier } = registered;
    const options: MembershipOptions = {
      request,
      listener,
      site,
      required,
      file: this.url,
      connections: async () => ((await this.#options.connect(false)) as HostClient).sharedWorkers,
      testWorker: (connections) => (this.#testWorker ??= connections.nextTestWorker()),
      next: () => ++this.#numbers,
    };
    const membership = new Membership(options, earlier);
    this.#memberships.push(membership);
    return membership;
  }

  /**
   * Resolves when the shared workers that the file has registered so far are ready.
   * @throws CarpoolError SHARED_WORKER_FAILED, SHARED_WORKER_PROTOCOL, and why there is no host
   */
  async ready(): Promise<void> {
    await Promise.all(this.#memberships.map((membership) => membership.ready()));
  }

  override async evidence(failed?: boolean): Promise<SessionEvidence[]> {
    const ofWorkers = this.#memberships.map(async (membership) => {
      const found = await membership.evidence();
      return found === undefined ? [] : [{ ...found, pool: `shared worker ${membership.name}`, session: '' }];
    });
    const [ofSessions, ...others] = await Promise.all([super.evidence(failed), ...ofWorkers]);
    return [...ofSessions, ...others.flat()];
  }

  /** Teardowns of its tests, newest first, then its memberships, then all else that it holds. Never rejects; bounded. */
  override end(): Promise<void> {
    return (this.#ending ??= this.#end());
  }

  async #end(): Promise<void> {
    const memberships = this.#memberships.toReversed();
    for (const { listener, used } of memberships) {
      if (!used) continue;
      const expired = (): Error =>
        new Error(`The teardown of a shared worker took longer than ${Math.round(teardownTimeout)} ms`);
      await within(listener.teardown(), { clock: systemClock, timeout: teardownTimeout, expired }).catch((thrown) =>
        this.#failed(thrown),
      );
    }
    for (const failure of await Promise.all(memberships.map((membership) => membership.leave())))
      if (failure !== undefined) this.#failed(failure);
    await super.end();
  }

  #failed(thrown: unknown): void {
    this.addFailure(thrown);
    const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    process.stderr.write(`carpool: the end of ${this.url} failed: ${message}\n`);
  }
}

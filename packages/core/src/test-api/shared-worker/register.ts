/**
 * `registerSharedWorker`: what tests, and plugins made for AVA, hold of a shared worker. It is evaluated where the tests
 * are, in Jest in a realm of their own and for every file again; so it knows sockets only by what the adapter put there.
 *
 *   registerSharedWorker ─▶ handle (for good) ─ a file begins ─▶ exchange (for that file) ─▶ seat, of the file's owner
 */
import { CarpoolError, callSite, errorAt, type CallSite } from '../../base/errors.ts';
import { systemClock } from '../../base/clock.ts';
import {
  currentTestSlot,
  openFile,
  type CurrentTest,
  type CurrentTestSlot,
  type Registration,
} from '../current-test.ts';
import type { SharedWorkerRequest } from '../../wire/messages.ts';
import { clone } from '../../realm/structured-clone.ts';
import type { SharedWorkerNames, SharedWorkerOf, SharedWorkersConfig } from '../../config/define-shared-worker.ts';
import { Messenger } from './messenger.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';

type FileOwner = NonNullable<CurrentTest['file']>;
type Handle<Data> = SharedWorker.Plugin.Protocol<Data>;

const protocol = 'ava-4';

export interface FilenameOptions<Data = unknown> {
  /** A `file:` URL, or an absolute path. Compared as it is: another `#hash` is another worker. */
  readonly filename: string | URL;
  /** What the worker sees as `initialData`, if this registration is the first. */
  readonly initialData?: Data;
  /** Default `['ava-4']`, the only one. */
  readonly supportedProtocols?: readonly SharedWorker.ProtocolIdentifier[];
  /** Runs in the test process at the end of the file: newest first, one after another. */
  readonly teardown?: () => void | Promise<void>;
}

export interface NameOptions {
  /** Of `workers` in the config. */
  readonly name: string;
  readonly supportedProtocols?: readonly SharedWorker.ProtocolIdentifier[];
  readonly teardown?: () => void | Promise<void>;
}

export interface ConfigOptions<C extends SharedWorkersConfig, Name extends SharedWorkerNames<C>> extends NameOptions {
  readonly name: Name;
  /** For the types alone: what `carpool.config.ts` exports. */
  readonly config: C;
}

/**
 * Takes a seat in a shared worker for this test file, and for every file that this worker process runs later. Tests start
 * when it is ready. Registered again, it is the same object.
 * @throws CarpoolError SHARED_WORKER_PROTOCOL, SHARED_WORKER_FAILED if the name of the file is no absolute one, FRAME_MALFORMED
 */
export function registerSharedWorker<const C extends SharedWorkersConfig, const Name extends SharedWorkerNames<C>>(
  options: ConfigOptions<C, Name>,
): SharedWorkerOf<C, Name>;
export function registerSharedWorker<Data = unknown>(options: FilenameOptions<Data> | NameOptions): Handle<Data>;
export function registerSharedWorker(options: FilenameOptions | NameOptions): unknown {
  const site = callSite(registerSharedWorker);
  checkOptions(options, site);
  const { supportedProtocols = [protocol], teardown } = options;
  return register({ options, supportedProtocols, teardown, site });
}

/** As `ava/plugin` has it: `supportedProtocols` must be given. */
export function registerAvaWorker<Data = unknown>(
  options: SharedWorker.Plugin.RegistrationOptions<'ava-4', Data>,
): Handle<Data> {
  const site = callSite(registerAvaWorker);
  checkOptions(options, site);
  const { supportedProtocols, teardown } = options;
  return register({ options, supportedProtocols, teardown, site }) as Handle<Data>;
}

interface Wanted {
  readonly options: FilenameOptions | NameOptions;
  readonly supportedProtocols: readonly string[];
  readonly teardown: (() => void | Promise<void>) | undefined;
  readonly site: CallSite;
}

function register({ options, supportedProtocols, teardown, site }: Wanted): Handle<unknown> {
  if (!supportedProtocols.includes(protocol)) {
    const message = `Carpool does not support any of the desired shared worker protocols: ${supportedProtocols.join(',')}; it knows ${protocol}`;
    throw new CarpoolError('SHARED_WORKER_PROTOCOL', message, {
      context: { offered: supportedProtocols, known: [protocol] },
      site,
    });
  }
  const slot = currentTestSlot() as CurrentTestSlot & { [handles]?: Map<string, Registered> };
  if (slot[handles] === undefined) Object.defineProperty(slot, handles, { value: new Map() });
  const known = slot[handles] as unknown as Map<string, Registered>;
  const name = 'filename' in options ? absolute(String(options.filename), site) : `name ${options.name}`;
  let registered = known.get(name);
  if (registered === undefined) {
    registered = new Registered(slot, requestFor(options, site), site);
    known.set(name, registered);
  }
  registered.want(teardown);
  return registered.handle;
}

/** Of a slot: its handles by the names of their workers, whichever copy of this module made them. */
const handles: unique symbol = Symbol.for('carpool.shared-workers') as never;

/** What the compiler sees in TypeScript. */
function checkOptions(options: unknown, site: CallSite): void {
  const given = typeof options === 'object' && options !== null ? options : {};
  if (('filename' in given && given.filename !== undefined) || ('name' in given && typeof given.name === 'string'))
    return;
  const message =
    "Cannot register a shared worker: neither a file nor a name is given; write `registerSharedWorker({ filename: new URL('./worker.js', import.meta.url) })`, or `{ name }` for one of the config";
  throw new CarpoolError('SHARED_WORKER_FAILED', message, { scope: 'call', blame: 'test', site });
}

function absolute(filename: string, site: CallSite): string {
  if (/^(file:|\/|[A-Za-z]:[\\/]|\\\\)/.test(filename)) return filename;
  const message = `Cannot register the shared worker ${JSON.stringify(filename)}: it must be a URL of a file, or an absolute path; write \`new URL('./worker.js', import.meta.url)\``;
  throw new CarpoolError('SHARED_WORKER_FAILED', message, {
    scope: 'call',
    blame: 'test',
    context: { filename },
    site,
  });
}

function requestFor(options: FilenameOptions | NameOptions, site: CallSite): Omit<SharedWorkerRequest, 'method'> {
  if (!('filename' in options)) return { name: options.name };
  const filename = String(options.filename);
  if (options.initialData === undefined) return { filename };
  try {
    const bytes = clone(options.initialData, `Cannot hand initialData to the shared worker ${filename}`);
    return { filename, initialData: Buffer.from(bytes).toString('base64') };
  } catch (thrown) {
    throw errorAt(thrown as CarpoolError, site);
  }
}

class Registered implements Registration {
  readonly handle: Handle<unknown>;
  readonly #slot: CurrentTestSlot;
  readonly #request: Omit<SharedWorkerRequest, 'method'>;
  readonly #site: CallSite;
  readonly #teardowns: (() => void | Promise<void>)[] = [];
  #messenger: Messenger;
  #file: FileOwner | undefined;

  constructor(slot: CurrentTestSlot, request: Omit<SharedWorkerRequest, 'method'>, site: CallSite) {
    this.#slot = slot;
    this.#request = request;
    this.#site = site;
    this.#messenger = this.#newExchange();
    this.handle = handleOf(() => this.#messenger);
    slot.registrations.add(this);
    // A module may register before the adapter has come to say where it is.
    if (slot.ambient === undefined) systemClock.after(0, () => void this.#seek());
  }

  want(teardown: (() => void | Promise<void>) | undefined): void {
    if (teardown !== undefined) this.#teardowns.push(teardown);
    const file = this.#slot.ambient?.file;
    if (file !== undefined && file !== this.#file) this.#join(file, true);
    else this.#messenger.markRequired();
  }

  join(file: FileOwner): void {
    // What was registered before its first file has begun is that file's own.
    if (file !== this.#file) this.#join(file, this.#file === undefined);
  }

  #join(file: FileOwner, wanted: boolean): void {
    this.#file = file;
    if (this.#messenger.bound) this.#messenger = this.#newExchange();
    this.#messenger.bind(file.sharedWorker(this.#request, this.#messenger, this.#site, wanted));
  }

  #newExchange(): Messenger {
    const name = this.#request.filename ?? JSON.stringify(this.#request.name);
    return new Messenger(name, this.#site, async () => {
      for (const teardown of this.#teardowns.toReversed()) await teardown();
    });
  }

  /** No adapter: a plain script, or a runner without one, that knows a host by its environment. */
  async #seek(): Promise<void> {
    if (this.#slot.ambient !== undefined || this.#file !== undefined) return;
    try {
      const { currentProcess: processAmbient } = await import('../process-ambient.ts');
      if (this.#slot.ambient !== undefined) return;
      openFile(this.#slot, processAmbient());
    } catch (thrown) {
      this.#messenger.lost(thrown as CarpoolError);
    }
  }
}

/** For the file that runs now. */
function handleOf(current: () => Messenger): Handle<unknown> {
  return {
    protocol,
    get available() {
      return current().available;
    },
    get currentlyAvailable() {
      return current().currentlyAvailable;
    },
    publish: function publish(data) {
      return current().publish(data, 0, publish);
    },
    request: function request<Reply>(data: unknown, options: SharedWorker.Plugin.RequestOptions = {}): Promise<Reply> {
      return current().request(data, options, callSite(request)) as Promise<Reply>;
    },
    subscribe: () => current().subscribe(),
  };
}

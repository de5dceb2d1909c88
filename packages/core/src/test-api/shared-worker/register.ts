/**
 * `registerSharedWorker`, for tests and for plugins made for AVA. It is evaluated where the tests are, in Jest in their own
 * realm and for each file again; so it reaches sockets only through what the adapter provides.
 *
 *   registerSharedWorker ─▶ handle (for good) ─ a file begins ─▶ messenger (for that file) ─▶ membership, of the file's owner
 */
import { checkNode } from '../../base/required-node.ts';
import { fileURLToPath } from 'node:url';
import { CarpoolError, callSite, errorAt, type CallSite } from '../../base/errors.ts';
import { OptionNames } from '../../base/option-names.ts';
import { systemClock } from '../../base/clock.ts';
import {
  currentTestSlot,
  openedCurrentTest,
  openFile,
  type CurrentTest,
  type CurrentTestSlot,
  type OwnerClasses,
  type Registration,
} from '../current-test.ts';
import type { Membership } from '../../client/shared-worker/membership.ts';
import { currentProcess } from '../current-process.ts';
import { owners } from '../owners.ts';
import type { SharedWorkerRequest } from '../../wire/messages.ts';
import { clone } from '../../realm/structured-clone.ts';
import type { SharedWorkerNames, SharedWorkerOf, SharedWorkersConfig } from '../../config/define-shared-worker.ts';
import { Collecting } from './collecting.ts';
import { Messenger } from './messenger.ts';
import type { SharedWorker } from '../../wire/shared-worker-types.ts';

type FileOwner = NonNullable<CurrentTest['file']>;
type Handle<Data> = SharedWorker.Plugin.Protocol<Data>;

const protocol = 'ava-4';

/** The options of `registerSharedWorker` for a file. */
export interface FilenameOptions<Data = unknown> {
  /** A `file:` URL, or an absolute path. Compared as text: another `#hash` is another shared worker. */
  readonly filename: string | URL;
  /** Passed to the shared worker as `initialData`; only that of the first registration is used. */
  readonly initialData?: Data;
  /** Default `['ava-4']`, the only one. */
  readonly supportedProtocols?: readonly SharedWorker.ProtocolIdentifier[];
  /** Runs in the test process at the end of the file. With several: newest first, one after another. */
  readonly teardown?: () => void | Promise<void>;
}

/** The options of `registerSharedWorker` for a name of the config. */
export interface NameOptions {
  /** A name in `sharedWorkers` of the config. */
  readonly name: string;
  /** Default `['ava-4']`, the only one. */
  readonly supportedProtocols?: readonly SharedWorker.ProtocolIdentifier[];
  /** Runs in the test process at the end of the file. With several: newest first, one after another. */
  readonly teardown?: () => void | Promise<void>;
}

/** The options of `registerSharedWorker` for a name of the config, with the types of the config. */
export interface ConfigOptions<C extends SharedWorkersConfig, Name extends SharedWorkerNames<C>> extends NameOptions {
  /** A name in `sharedWorkers` of the config. */
  readonly name: Name;
  /** For the types only: the default export of `carpool.config.ts`. */
  readonly config: C;
}

/**
 * Registers a shared worker for this test file, and for the files that this test process runs later. Tests start when it is
 * ready. A second registration returns the same object.
 * @throws CarpoolError SHARED_WORKER_PROTOCOL; SHARED_WORKER_FAILED if `filename` is not absolute; FRAME_MALFORMED if
 * `initialData` cannot be cloned
 * @example const db = registerSharedWorker({ filename: new URL('./db.worker.js', import.meta.url) });
 */
export function registerSharedWorker<const C extends SharedWorkersConfig, const Name extends SharedWorkerNames<C>>(
  options: ConfigOptions<C, Name>,
): SharedWorkerOf<C, Name>;
export function registerSharedWorker<Data = unknown>(
  options: FilenameOptions<Data> | NameOptions,
): SharedWorker.Plugin.Protocol<Data>;
export function registerSharedWorker(options: FilenameOptions | NameOptions): unknown {
  const site = callSite(registerSharedWorker);
  checkOptions(options, site);
  registerNames.check(options, site);
  const { supportedProtocols = [protocol], teardown } = options;
  return register({ options, supportedProtocols, teardown, site });
}

/** As in `ava/plugin`: `supportedProtocols` is required. */
export function registerAvaWorker<Data = unknown>(
  options: SharedWorker.Plugin.RegistrationOptions<'ava-4', Data>,
): SharedWorker.Plugin.Protocol<Data> {
  const site = callSite(registerAvaWorker);
  checkOptions(options, site);
  const { supportedProtocols, teardown } = options;
  return register({ options, supportedProtocols, teardown, site }) as SharedWorker.Plugin.Protocol<Data>;
}

interface RegisterArguments {
  readonly options: FilenameOptions | NameOptions;
  readonly supportedProtocols: readonly string[];
  readonly teardown: (() => void | Promise<void>) | undefined;
  readonly site: CallSite;
}

function register({ options, supportedProtocols, teardown, site }: RegisterArguments): Handle<unknown> {
  checkNode();
  if (!supportedProtocols.includes(protocol)) {
    const message = `Carpool does not support any of the desired shared worker protocols: ${supportedProtocols.join(',')}; it supports ${protocol}`;
    throw new CarpoolError('SHARED_WORKER_PROTOCOL', message, {
      context: { offered: supportedProtocols, known: [protocol] },
      site,
    });
  }
  const slot = currentTestSlot() as CurrentTestSlot & { [handles]?: Map<string, Registered> };
  const { collects } = slot.currentTest ?? {};
  if (slot[handles] === undefined) Object.defineProperty(slot, handles, { value: new Map() });
  const known = slot[handles] as unknown as Map<string, Registered>;
  const name = 'filename' in options ? absolute(String(options.filename), site) : `name ${options.name}`;
  if (collects !== undefined) {
    const collecting = new Collecting(collects, name);
    return handleOf(() => collecting);
  }
  let registered = known.get(name);
  if (registered === undefined) {
    registered = new Registered(slot, requestFor(options, site), site);
    known.set(name, registered);
  }
  registered.add({ teardown, site });
  return registered.handle;
}

/** The registrations of a slot by the names of their shared workers, whichever copy of this module made them. */
const handles: unique symbol = Symbol.for('carpool.shared-workers') as never;

const registerNames = new OptionNames('SHARED_WORKER_FAILED', 'registerSharedWorker', [
  'filename',
  'initialData',
  'name',
  'config',
  'supportedProtocols',
  'teardown',
]);
const requestNames = new OptionNames('SHARED_WORKER_FAILED', 'request', ['timeout', 'signal']);

/** JavaScript has no compiler to check this. */
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
    const bytes = clone(options.initialData, `Cannot pass initialData to the shared worker ${filename}`);
    return { filename, initialData: Buffer.from(bytes).toString('base64') };
  } catch (thrown) {
    throw errorAt(thrown as CarpoolError, site);
  }
}

type HandleMember = 'available' | 'currentlyAvailable' | 'publish' | 'request' | 'subscribe';

/** One call of `registerSharedWorker`. */
interface Call {
  readonly site: CallSite;
  readonly teardown: (() => void | Promise<void>) | undefined;
  /** The file in which it was made. Undefined: made before a file is open, for the next one. */
  file: FileOwner | undefined;
}

/**
 * All registrations of one shared worker in this realm. A call that a test file itself makes is that file's alone. A module
 * that the worker evaluates once for many files registers for all of them: each joins when it first uses the shared worker.
 */
class Registered implements Registration {
  readonly owners: OwnerClasses = owners;
  readonly handle: Handle<unknown>;
  readonly #slot: CurrentTestSlot;
  readonly #request: Omit<SharedWorkerRequest, 'method'>;
  readonly #site: CallSite;
  /** Those of the current file, and of modules that live on. */
  #calls: Call[] = [];
  #messenger: Messenger;
  /** Of the last file that joined. */
  #membership: Membership | undefined;
  #file: FileOwner | undefined;

  constructor(slot: CurrentTestSlot, request: Omit<SharedWorkerRequest, 'method'>, site: CallSite) {
    this.#slot = slot;
    this.#request = request;
    this.#site = site;
    this.#messenger = this.#newMessenger();
    this.handle = handleOf(() => this.#current());
    slot.registrations.add(this);
  }

  /** One more registration. */
  add(call: Omit<Call, 'file'>): void {
    const made: Call = { ...call, file: undefined };
    this.#calls.push(made);
    const file = openedCurrentTest(this.#slot, owners)?.file;
    // A module may register before the adapter has opened the file.
    if (this.#slot.currentTest === undefined) systemClock.after(0, () => this.#seek());
    if (made.file !== undefined) return; // the file was opened by this
    made.file = file;
    if (file !== undefined && file !== this.#file) this.#join(file, true);
    else this.#current().markRequired();
  }

  join(file: FileOwner): void {
    if (file === this.#file) return;
    this.#calls = this.#calls.filter((call) => call.file === undefined || !isOwn(call, call.file));
    // Calls from before the file was open belong to it.
    const waiting = this.#calls.filter((call) => call.file === undefined);
    for (const call of waiting) call.file = file;
    this.#join(file, waiting.length > 0);
  }

  /** Between two files what is used belongs to the next one. */
  #current(): Messenger {
    const { currentTest } = this.#slot;
    const between = currentTest !== undefined && currentTest.file === undefined;
    if (between && this.#messenger.over) this.#messenger = this.#newMessenger();
    return this.#messenger;
  }

  #join(file: FileOwner, required: boolean): void {
    const earlier = required ? undefined : this.#membership;
    this.#file = file;
    if (this.#messenger.bound) this.#messenger = this.#newMessenger();
    const registered = { listener: this.#messenger, site: this.#site, required, earlier };
    this.#membership = file.sharedWorker(this.#request, registered);
    this.#messenger.bind(this.#membership);
  }

  #newMessenger(): Messenger {
    const name = this.#request.filename ?? JSON.stringify(this.#request.name);
    return new Messenger(name, this.#site, async () => {
      for (const { teardown } of this.#calls.toReversed()) await teardown?.();
    });
  }

  /** Without an adapter, in a plain script say, the environment may name a host. */
  #seek(): void {
    if (this.#slot.currentTest !== undefined || this.#file !== undefined) return;
    try {
      openFile(this.#slot, currentProcess());
    } catch (thrown) {
      this.#messenger.lost(thrown as CarpoolError);
    }
  }
}

/** Whether the test file itself made the call. Frames below Node's own belong to what has loaded a module. */
function isOwn({ site }: Call, { url }: FileOwner): boolean {
  const [frames = ''] = site.stack.split('node:internal', 1);
  const names = url.startsWith('file:') ? [url, fileURLToPath(url)] : [url];
  return names.some((name) => frames.includes(`${name}:`) || frames.includes(`${name}?`));
}

/** It always uses the messenger of the current file. */
function handleOf(current: () => Pick<Messenger, HandleMember>): Handle<unknown> {
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
      const site = callSite(request);
      requestNames.check(options, site);
      return current().request(data, options, site) as Promise<Reply>;
    },
    subscribe: function subscribe() {
      return current().subscribe(subscribe);
    },
  };
}

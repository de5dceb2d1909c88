/** What a runner's main process hands to its workers, and what a worker makes of it: a client, or an error. */
import { CarpoolError, fromRecord, type ErrorRecord } from '../base/errors.ts';
import { useEvidence } from '../base/evidence-option.ts';
import type { LockDeclarations } from '../wire/lease-types.ts';
import type { FixtureNames } from './fixtures.ts';
import type { HostClient } from './client.ts';
import { redactFor, type RedactRules } from '../base/redact.ts';
import { sharedClient } from './shared-client.ts';
import { unknownPool } from './unknown-name.ts';
import type { Client } from './types.ts';

/** Characters of a problem that each test shows. */
const longest = 200;
/** Milliseconds: the host answers at once. */
const askTimeout = 2_000;

/** What `RunHost` gives to the main process, for its workers. Plain data, so that any channel of any runner can carry it. */
export interface Provided {
  /** The version of the adapter that started the host. */
  readonly version: string;
  /** Where the host is, and the token; absent if there is none. */
  readonly address?: string;
  /** Names of pools. */
  readonly pools: readonly string[];
  /** Names of shared workers. */
  readonly sharedWorkers?: readonly string[];
  /** The locks of the config. */
  readonly locks?: LockDeclarations;
  /** The log of the host, where that is the host of this machine, for errors. */
  readonly log?: string | undefined;
  /** False: errors of failing tests get no evidence, and no message is kept for it. 'whole': with all of each message. */
  readonly evidence?: boolean | 'whole' | undefined;
  /** What its config does not let be shown. */
  readonly redact?: RedactRules | undefined;
  /** Why the pools cannot be used. */
  readonly problem?: ErrorRecord | undefined;
}

/** What an adapter says of itself, for the errors of `connectProvided`. */
export interface AdapterInfo {
  /** The runner's name, for messages only: "vitest", "jest", "playwright". */
  readonly runner: string;
  /** The package of the adapter. */
  readonly adapter: string;
  /** The version of the adapter in this worker. Another one than the main process provides is refused. */
  readonly version: string;
  /** What loads the adapter in the main process: "the Vitest config". Default "the runner's main process". */
  readonly loader?: string;
  /** What to do where nothing was provided: "add `plugins: [carpool()]` … to the Vitest config". */
  readonly remedy: string;
}

/**
 * The client of this worker: one for each process and address, made at the first call. The client itself where it is
 * connected already; it never throws, but rejects.
 * @param provided what the main process handed over; undefined: nothing
 * @param pool the name of the pool that is wanted; false: none is, and there may be none
 * @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED, HUB_LOST, CONFIG_INVALID, each in one sentence that says what to change
 */
export function connectProvided(
  provided: Provided | undefined,
  options: AdapterInfo,
  pool?: string | false,
): Client | Promise<Client> {
  try {
    return clientFor(provided, options, pool);
  } catch (thrown) {
    return Promise.reject(thrown as Error);
  }
}

function clientFor(
  provided: Provided | undefined,
  options: AdapterInfo,
  pool: string | false | undefined,
): Client | Promise<Client> {
  const { runner, adapter, version, remedy, loader = "the runner's main process" } = options;
  if (provided === undefined) {
    throw new CarpoolError('HUB_UNREACHABLE', `Cannot reach Carpool's host: this run started none; ${remedy}`);
  }
  if (provided.version !== version) {
    const message = `Cannot use the pools: ${loader} loads ${adapter} ${provided.version}, the tests load ${version}; install one version for both`;
    throw new CarpoolError('HUB_REJECTED', message, { context: { expected: version, found: provided.version } });
  }
  const { address, problem, pools, log } = provided;
  show(provided);
  // A problem with the pools does not concern a call that wants none.
  if (problem !== undefined && (pool !== false || address === undefined)) {
    const error = fromRecord(problem);
    if (address === undefined || !isLong(error)) throw error;
    return failedBefore(sharedClient({ address, runner, known: true, log })).then((before) => {
      throw before ? shortened(problem) : error;
    });
  }
  if (address === undefined)
    throw new CarpoolError('HUB_UNREACHABLE', "Cannot reach Carpool's host: it has no address");
  if (typeof pool === 'string' && !pools.includes(pool)) throw unknownPool(pool, provided);
  // There was a host at the address when it was provided.
  return sharedClient({ address, runner, known: true, log });
}

/** One run after the other may come to a process, with another config. */
let shown: Pick<Provided, 'redact' | 'evidence'> | undefined;

/** How this process shows evidence from now on. */
function show({ redact, evidence }: Provided): void {
  if (shown !== undefined && shown.redact === redact && shown.evidence === evidence) return;
  shown = { redact, evidence };
  redactFor(show, redact);
  useEvidence(evidence);
}

/** Whether another test of the run has shown why the config cannot be used. Where the host cannot tell, it is shown again. */
async function failedBefore(connecting: Client | Promise<Client>): Promise<boolean> {
  try {
    // Every client is one; adapters see less of it.
    const client = (await connecting) as HostClient;
    return (await client.ask({ method: 'problemShown' }, askTimeout)).before;
  } catch {
    return false;
  }
}

function isLong({ message }: CarpoolError): boolean {
  return message.length > longest || message.includes('\n');
}

/** Its beginning: what is wrong, without the list of what there is and the output of the host. */
function shortened({ code, message: whole, scope, blame, context }: ErrorRecord): CarpoolError {
  const [line = ''] = whole.split('\n', 1);
  const head = line.length <= longest ? line : `${line.slice(0, line.lastIndexOf(' ', longest))} …`;
  const { file } = context;
  const where = typeof file === 'string' && !head.includes(file) ? `${file}; ` : '';
  const message = `${head} (${where}in full in the first test of this run that wanted a pool)`;
  return fromRecord({ code, message, scope, blame, context, evidence: {} });
}

/** The names for `withPools()` without a config. Undefined if nothing was provided, or the pools cannot be used. */
export function providedNames(provided: Provided | undefined): FixtureNames | undefined {
  if (provided === undefined || provided.problem !== undefined) return undefined;
  return { pools: provided.pools, sharedWorkers: provided.sharedWorkers ?? [], locks: provided.locks ?? {} };
}

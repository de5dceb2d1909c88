/** Checks a config. A mistake is one error with its path, what was found there, and what is allowed. */
import * as v from 'valibot';
import { CarpoolError } from '../base/errors.ts';
import { didYouMean } from '../base/similar.ts';
import { describeMessage } from '../codec/describe.ts';
import { conflictIn } from '../pool/conflicts.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { Reach } from '../reach/types.ts';
import type { LockDeclarations } from '../wire/lease-types.ts';
import type { SharedWorkerEntry } from './define-shared-worker.ts';
import type { Redact } from './define-redact.ts';
import { otherPlaceOf } from './option-place.ts';
import { lockSchema } from './lock-schema.ts';
import { redactSchema } from './redact-schema.ts';
import { milliseconds, text, texts, whole } from './schema-parts.ts';
import { sessionFieldSchema } from './session-field-schema.ts';

const longestFound = 80;
const required = 'it is required';

// The messages are the end of "allowed: …".

const yesOrNo = v.boolean('true or false');
const leaksSchema = v.union([v.picklist(['warn', 'fail']), v.literal(false)], '"warn", "fail" or false');

const method = v.function('a function');
const protocolSchema = v.looseObject({ name: text, route: method, address: method });
const codecSchema = v.looseObject({ name: v.string(), framing: v.looseObject({}), format: v.looseObject({}) });

const commandAllowed = 'a path, a name that is looked for in PATH, or a function that returns one';

const readyAllowed = '{ port: true }, { http, status? }, { line } with a RegExp, or a function';
const serverSchema = v.strictObject(
  {
    ready: v.union(
      [
        method,
        v.strictObject({ port: v.literal(true) }),
        v.strictObject({ http: v.pipe(text, v.startsWith('/')), status: v.optional(whole(100)) }),
        v.strictObject({ line: v.instance(RegExp) }),
      ],
      readyAllowed,
    ),
    readyTimeout: milliseconds,
    start: v.optional(method),
    startTimeout: milliseconds,
    open: v.optional(method),
    close: v.optional(method),
    inUse: v.optional(method),
    stopSignal: v.pipe(text, v.regex(/^SIG[A-Z0-9]+$/, 'the name of a signal, such as "SIGTERM"')),
    logLeavesOut: v.optional(v.instance(RegExp, 'a RegExp')),
  },
  'what `server()` returns',
);

const poolSchema = v.strictObject(
  {
    command: v.union([v.pipe(v.string(), v.nonEmpty(commandAllowed)), v.function()], commandAllowed),
    identity: v.optional(
      v.union(
        [
          method,
          v.strictObject({ files: v.optional(texts), folders: v.optional(texts), value: v.optional(v.unknown()) }),
        ],
        'an object, { files?, folders?, value? }, or a function that returns one',
      ),
    ),
    args: v.optional(texts),
    cwd: v.optional(text),
    env: v.optional(v.record(v.string(), v.optional(text), 'an object of strings')),
    inheritEnv: v.optional(v.union([v.boolean(), v.array(v.string())], 'true, false, or a list of names')),
    installHint: v.optional(text),
    stdio: v.optional(v.strictObject({ in: whole(0), out: whole(1) }, 'an object: { in, out }')),
    codec: v.optional(
      v.union([v.picklist(['json-lines', 'msgpack']), codecSchema], '"json-lines", "msgpack" or a Codec'),
    ),
    protocol: v.optional(
      v.lazy((input) => {
        if (typeof input === 'function') return method;
        const isProtocol = typeof input === 'object' && input !== null && ('route' in input || 'address' in input);
        return isProtocol ? protocolSchema : sessionFieldSchema;
      }),
    ),
    children: v.optional(whole(1)),
    sessionsPerChild: v.optional(whole(1)),
    maxSessions: v.optional(whole(1)),
    warm: v.optional(whole(0)),
    maxQueued: v.optional(whole(0)),
    registerTimeout: v.optional(milliseconds),
    helloTimeout: v.optional(milliseconds),
    openTimeout: v.optional(milliseconds),
    closeTimeout: v.optional(milliseconds),
    requestTimeout: v.optional(milliseconds),
    idleTimeout: v.optional(milliseconds),
    stopTimeout: v.optional(milliseconds),
    maxFrameBytes: v.optional(whole(1)),
    maxUnreadEvents: v.optional(whole(1)),
    diagnostics: v.optional(v.picklist(['event', 'warn', 'fail'], '"event", "warn" or "fail"')),
    leaks: v.optional(leaksSchema),
    maxQuarantined: v.optional(whole(1)),
    recycleAfter: v.optional(v.pipe(v.number('a number from 1'), v.minValue(1, 'a number from 1'))),
    restarts: v.optional(
      v.strictObject(
        {
          maxFailures: v.optional(whole(1)),
          window: v.optional(milliseconds),
          maxFailedStarts: v.optional(whole(1)),
          maxEarlyExits: v.optional(whole(1)),
        },
        'an object: { maxFailures?, window?, maxFailedStarts?, maxEarlyExits? }',
      ),
    ),
    watch: v.optional(v.union([v.boolean(), v.array(v.string())], 'true, false, or a list of globs')),
    strayOutput: v.optional(v.picklist(['pass', 'fail'], '"pass" or "fail"')),
    probeTimeout: v.optional(milliseconds),
    forwardStderr: v.optional(yesOrNo),
    tempBase: v.optional(v.union([text, texts], 'a folder, or a list of folders')),
    server: v.optional(serverSchema),
  },
  'the options of a pool, an object',
);

const poolName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_$][\w$]*$/, 'a name that can be a variable, because it is a fixture of tests'),
);
const pools = v.pipe(
  v.custom<object>((input) => !Array.isArray(input), 'an object of pools by their names'),
  v.record(poolName, poolSchema, 'an object of pools by their names'),
);

const fileAllowed = 'a `file:` URL, a path, or sharedWorker(file, options)';
const file = v.union([v.pipe(v.string(), v.nonEmpty(fileAllowed)), v.instance(URL)], fileAllowed);
const longestTeardown = 15_000;
const teardownAllowed = `milliseconds, up to ${longestTeardown}`;
const workerSchema = v.strictObject(
  {
    file,
    initialData: v.optional(v.unknown()),
    readyTimeout: v.optional(milliseconds),
    // The host has a deadline for its own end.
    teardownTimeout: v.optional(v.pipe(milliseconds, v.maxValue(longestTeardown, teardownAllowed))),
  },
  fileAllowed,
);
const sharedWorkers = v.pipe(
  v.custom<object>((input) => !Array.isArray(input), 'an object of shared workers by their names'),
  v.record(
    poolName,
    v.lazy((input) => (typeof input === 'object' && input !== null && !(input instanceof URL) ? workerSchema : file)),
    'an object of shared workers by their names',
  ),
);
const locks = v.pipe(
  v.custom<object>((input) => !Array.isArray(input), 'an object of locks by their names'),
  v.record(poolName, lockSchema, 'an object of locks by their names'),
);
const configSchema = v.strictObject(
  {
    pools: v.optional(pools),
    sharedWorkers: v.optional(sharedWorkers),
    locks: v.optional(locks),
    host: v.optional(v.picklist(['run', 'machine'], '"run" or "machine"')),
    reach: v.optional(
      v.custom<Reach>(
        (input) => typeof input === 'object' && input !== null && typeof Reflect.get(input, 'open') === 'function',
        'what `nats()` of @carpool/nats returns',
      ),
    ),
    report: v.optional(yesOrNo),
    transcript: v.optional(yesOrNo),
    leaks: v.optional(leaksSchema),
    redact: v.optional(v.lazy((input) => (input === false ? v.literal(false) : redactSchema))),
  },
  'an object: { pools?, sharedWorkers?, locks?, host?, reach?, report?, transcript?, leaks?, redact? }',
);

/** A config that passed the check. */
export interface CheckedConfig {
  readonly pools?: Readonly<Record<string, PoolOptions>>;
  readonly sharedWorkers?: Readonly<Record<string, SharedWorkerEntry>>;
  readonly locks?: LockDeclarations;
  readonly host?: 'run' | 'machine';
  readonly reach?: Reach | undefined;
  readonly report?: boolean | undefined;
  readonly transcript?: boolean | undefined;
  readonly leaks?: PoolOptions['leaks'];
  readonly redact?: Redact | undefined;
}

/**
 * @param where the file, or where else the config comes from
 * @throws CarpoolError CONFIG_INVALID
 */
export function checkConfig(config: unknown, where: string): CheckedConfig {
  const result = v.safeParse(configSchema, config);
  if (result.success) {
    const checked = config as CheckedConfig;
    checkConflicts(checked, where);
    checkLocks(checked, where);
    return checked;
  }
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? '';
  const missing = issue.type === 'strict_object' && issue.expected !== 'never' && issue.input === undefined;
  if (!missing && (issue.type !== 'strict_object' || issue.expected !== 'never')) {
    throw invalid(path, describeMessage(issue.input, longestFound), issue.message, where);
  }
  const place = path.split('.').slice(0, -1);
  const allowed = optionsAt(place);
  // What is required is often there, with a letter that is wrong.
  const name = missing ? unknownIn(issue.path?.at(-1)?.input, allowed) : path.split('.').at(-1);
  if (name === undefined) throw invalid(path, 'nothing', required, where);
  const found = `${JSON.stringify(name)}, which is no option there`;
  const meant = otherPlaceOf(name, place, optionsAt) ?? didYouMean(name, allowed);
  throw invalid([...place, name].join('.'), found, allowed.join(', '), where, meant);
}

/** The first name that is no option. */
function unknownIn(input: unknown, allowed: readonly string[]): string | undefined {
  return typeof input === 'object' && input !== null
    ? Object.keys(input).find((name) => !allowed.includes(name))
    : undefined;
}

function checkConflicts({ pools = {} }: CheckedConfig, where: string): void {
  for (const [name, options] of Object.entries(pools)) {
    const conflict = conflictIn(options);
    if (conflict === undefined) continue;
    const { path, found, allowed } = conflict;
    throw invalid(`pools.${name}.${path}`, String(found), allowed, where);
  }
}

/** Each name is one fixture, and each semaphore has one size. */
function checkLocks({ pools = {}, sharedWorkers = {}, locks = {} }: CheckedConfig, where: string): void {
  const sizes = new Map<string, number>();
  for (const [fixture, declared] of Object.entries(locks)) {
    const path = `locks.${fixture}`;
    const other = Object.hasOwn(pools, fixture)
      ? 'a pool'
      : Object.hasOwn(sharedWorkers, fixture)
        ? 'a shared worker'
        : '';
    if (other !== '') throw invalid(path, `a lock that has the name of ${other}`, 'one fixture for a name', where);
    if (typeof declared === 'string' || !('semaphore' in declared)) continue;
    const { semaphore, name = fixture, weight = 1, scope = 'run' } = declared;
    const key = `${scope} ${name}`;
    const size = sizes.get(key) ?? semaphore;
    sizes.set(key, size);
    if (size !== semaphore)
      throw invalid(path, `the size ${semaphore}`, `the size ${size}, which ${JSON.stringify(name)} has above`, where);
    if (weight > size) throw invalid(`${path}.weight`, String(weight), `at most the size, ${size}`, where);
  }
}

/** The options that an object at this path may have. */
function optionsAt(path: readonly string[]): readonly string[] {
  if (path.length === 0) return Object.keys(configSchema.entries);
  if (path[0] === 'redact' && 'entries' in redactSchema) return Object.keys(redactSchema.entries as object);
  if (path[0] === 'sharedWorkers') return Object.keys(workerSchema.entries);
  const [, , ...inPool] = path;
  let entries: Readonly<Record<string, unknown>> = poolSchema.entries;
  for (const key of inPool) {
    const inner = key === 'protocol' ? sessionFieldSchema : (entries[key] as { readonly wrapped?: object })?.wrapped;
    if (inner === undefined || !('entries' in inner)) break; // an unknown option with a dot in its name
    entries = inner.entries as Readonly<Record<string, unknown>>;
  }
  return Object.keys(entries);
}

/** @param meant what was probably meant: it comes before the long list of what there is */
export function invalid(
  path: string,
  found: string,
  allowed: string,
  where: string | undefined,
  meant = '',
): CarpoolError {
  const at = path === '' ? '' : ` at \`${path}\``;
  const allows = allowed === required ? required : `allowed: ${allowed}`;
  const message = `The config is not valid${at}: found ${found}${meant === '' ? ';' : meant} ${allows} (${where ?? 'the adapter'})`;
  return new CarpoolError('CONFIG_INVALID', message, { context: { file: where, path, found, allowed } });
}

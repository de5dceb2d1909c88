/**
 * Finds, loads and validates `carpool.config.*`. A mistake in it is one error that names the file, the path in it, what
 * was found and what is allowed.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createJiti } from 'jiti';
import * as v from 'valibot';
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { Boot } from './control.ts';
import { configNames, findConfig } from './find-config.ts';

export interface LoadedConfig {
  readonly pools: Readonly<Record<string, PoolOptions>>;
  /** The file, if there is one. */
  readonly file?: string;
  /** Relative paths in the config are relative to this folder. */
  readonly folder: string;
}

const milliseconds = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const pattern = v.record(v.string(), scalar);
const exchange = v.strictObject({ send: v.record(v.string(), v.unknown()), expect: v.optional(pattern) });
const functionOrString = v.union([v.pipe(v.string(), v.nonEmpty()), v.function()]);

const sessionFieldSchema = v.strictObject({
  session: v.optional(v.string()),
  id: v.optional(v.string()),
  idType: v.optional(v.picklist(['string', 'number'])),
  hello: v.optional(
    v.strictObject({
      send: v.optional(v.record(v.string(), v.unknown())),
      expect: pattern,
      version: v.optional(pattern),
    }),
  ),
  open: v.optional(exchange),
  close: v.optional(exchange),
  steps: v.optional(v.array(pattern)),
  refusals: v.optional(v.array(pattern)),
  lost: v.optional(v.array(pattern)),
  asks: v.optional(v.array(pattern)),
});

const protocolSchema = v.looseObject({ name: v.string(), route: v.function(), address: v.function() });
const codecSchema = v.looseObject({ name: v.string(), framing: v.looseObject({}), format: v.looseObject({}) });

const poolSchema = v.strictObject({
  command: functionOrString,
  args: v.optional(v.array(v.string())),
  cwd: v.optional(v.string()),
  env: v.optional(v.record(v.string(), v.optional(v.string()))),
  inheritEnv: v.optional(v.union([v.boolean(), v.array(v.string())])),
  install: v.optional(v.string()),
  looked: v.optional(v.array(v.string())),
  stdio: v.optional(v.strictObject({ in: v.number(), out: v.number() })),
  codec: v.optional(v.union([v.picklist(['json-lines', 'msgpack']), codecSchema])),
  protocol: v.optional(
    v.lazy((input) =>
      typeof input === 'object' && input !== null && 'route' in input ? protocolSchema : sessionFieldSchema,
    ),
  ),
  maxSessions: v.optional(count),
  queueLimit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  registerTimeout: v.optional(milliseconds),
  helloTimeout: v.optional(milliseconds),
  openTimeout: v.optional(milliseconds),
  closeTimeout: v.optional(milliseconds),
  requestTimeout: v.optional(milliseconds),
  idleTimeout: v.optional(milliseconds),
  stopTimeout: v.optional(milliseconds),
  maxFrameBytes: v.optional(count),
  maxUnreadEvents: v.optional(count),
  maxQuarantined: v.optional(count),
  recycleAfter: v.optional(v.pipe(v.number(), v.minValue(1))),
  restarts: v.optional(
    v.strictObject({ max: v.optional(count), within: v.optional(milliseconds), startsInARow: v.optional(count) }),
  ),
  forwardStderr: v.optional(v.boolean()),
});

const poolName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_$][\w$]*$/, 'a name that can be a variable, since tests take it as a fixture'),
);
const configSchema = v.strictObject({ pools: v.optional(v.record(poolName, poolSchema)) });

/** @throws CarpoolError CONFIG_INVALID */
export async function loadConfig(boot: Boot): Promise<LoadedConfig> {
  const file = boot.configFile === undefined ? findConfig(boot.root) : resolve(boot.root, boot.configFile);
  const folder = file === undefined ? boot.root : dirname(file);
  const inline = check({ pools: boot.pools ?? {} }, 'the options of the adapter').pools ?? {};
  const fromFile = file === undefined ? {} : (check(await importDefault(file), file).pools ?? {});
  for (const name of Object.keys(inline)) {
    if (!Object.hasOwn(fromFile, name)) continue;
    throw invalid(
      `pools.${name}`,
      `the pool ${JSON.stringify(name)} is in ${file} and in the options of the adapter`,
      'one of the two',
      file,
    );
  }
  const pools = { ...fromFile, ...inline };
  if (Object.keys(pools).length === 0) {
    const where =
      file === undefined ? `no ${configNames[0]} was found in ${boot.root} or above it` : `${file} has none`;
    throw new CarpoolError(
      'CONFIG_INVALID',
      `There are no pools: ${where}. Write a config that exports \`defineConfig({ pools: { … } })\``,
      {
        context: { file, root: boot.root, path: 'pools' },
      },
    );
  }
  return { pools, folder, ...(file === undefined ? {} : { file }) };
}

async function importDefault(file: string): Promise<unknown> {
  if (!existsSync(file)) throw invalid('', `there is no file ${file}`, `the path of a ${configNames.join(', ')}`, file);
  try {
    const module = await createJiti(import.meta.url, {
      tryNative: true,
      moduleCache: false,
      // Its cache would outlive the run in the temporary folder.
      fsCache: false,
    }).import<Record<string, unknown>>(file);
    if (module['default'] === undefined)
      throw invalid('default', 'the file has no default export', '`export default defineConfig({ … })`', file);
    return module['default'];
  } catch (thrown) {
    if (isCarpoolError(thrown)) throw thrown;
    throw new CarpoolError('CONFIG_INVALID', `Cannot load ${file}: ${(thrown as Error).message}`, {
      context: { file },
      cause: thrown,
    });
  }
}

function check(config: unknown, where: string): { readonly pools?: Readonly<Record<string, PoolOptions>> } {
  const result = v.safeParse(configSchema, config);
  if (result.success) return config as { readonly pools?: Readonly<Record<string, PoolOptions>> };
  const issue = deepest(result.issues);
  const path = v.getDotPath(issue) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw invalid(path, `${JSON.stringify(path.split('.').at(-1))} is no option there`, allowedAt(path), where);
  }
  if (issue.input === undefined) throw invalid(path, 'it is missing', `${issue.expected ?? 'a value'}`, where);
  throw invalid(
    path,
    `${issue.received}`,
    issue.type === 'regex' ? issue.message : (issue.expected ?? issue.message),
    where,
  );
}

type Issue = v.BaseIssue<unknown>;

/** Of a union the branch that got furthest, else the first. */
function deepest(issues: readonly [Issue, ...Issue[]]): Issue {
  return issues[0];
}

function allowedAt(path: string): string {
  const keys = path.split('.');
  if (keys.length === 1) return Object.keys(configSchema.entries).join(', ');
  if (keys.length === 3) return Object.keys(poolSchema.entries).join(', ');
  if (keys[2] === 'protocol' && keys.length === 4) return Object.keys(sessionFieldSchema.entries).join(', ');
  return 'see docs/protocol.md and the types';
}

function invalid(path: string, found: string, allowed: string, where: string | undefined): CarpoolError {
  const at = path === '' ? '' : ` at \`${path}\``;
  const message = `The config is not valid${at}: found ${found}; allowed: ${allowed} (${where ?? 'the adapter'})`;
  return new CarpoolError('CONFIG_INVALID', message, { context: { file: where, path, found, allowed } });
}

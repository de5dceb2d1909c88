/** The options that there are, and what may stand in them. The compiler keeps the list complete. */
import { checkOptionNames } from 'carpool';
import * as v from 'valibot';
import { invalid } from './invalid.ts';
import type { Servers } from './servers.ts';
import type { NatsOptions } from './types.ts';

// The messages are the end of "`ttl` is 10; it is …".

const longestTtl = 24 * 60 * 60 * 1_000;
const from = (least: number): string => `a number of milliseconds from ${least}`;
const milliseconds = (least: number): v.GenericSchema<number> =>
  v.pipe(v.number(from(least)), v.minValue(least, from(least)));
const text = v.string('a string');
const path = v.pipe(
  v.string('the path of a file'),
  v.nonEmpty('the path of a file'),
  v.check((given) => !isContents(given), 'the path of a file'),
);
const replicas = [1, 3, 5] as const;

const entries: Readonly<Record<keyof Required<NatsOptions>, v.GenericSchema>> = {
  run: v.optional(text),
  token: v.optional(text),
  user: v.optional(text),
  password: v.optional(text),
  credentials: v.optional(path),
  tls: v.optional(
    v.lazy((input) =>
      typeof input === 'object' && !Array.isArray(input)
        ? v.strictObject(
            { ca: v.optional(path), cert: v.optional(path), key: v.optional(path) },
            'true, false, or an object of paths: { ca?, cert?, key? }',
          )
        : v.boolean('true, false, or an object of paths: { ca?, cert?, key? }'),
    ),
  ),
  ttl: v.optional(v.pipe(milliseconds(1_000), v.maxValue(longestTtl, `${longestTtl} at most, a day`))),
  replicas: v.optional(v.picklist(replicas, '1, 3 or 5')),
  connectTimeout: v.optional(milliseconds(1)),
  hosts: v.optional(v.boolean('true or false')),
};
const names = Object.fromEntries(Object.keys(entries).map((name): [string, true] => [name, true]));
const schema = v.object(entries);

/** What proves who asks: one of these. */
const proofs = ['token', 'user', 'credentials'] as const satisfies readonly (keyof NatsOptions)[];
/** No error shows what these are. */
const secrets: ReadonlySet<string> = new Set<keyof NatsOptions>(['token', 'password']);

/** Where no compiler looks. @throws CarpoolError CONFIG_INVALID */
export function checkOptions(options: NatsOptions, servers: Servers): void {
  checkOptionNames('nats', options, names);
  const { issues: [issue] = [] } = v.safeParse(schema, options);
  if (issue !== undefined) {
    const place = v.getDotPath(issue) ?? '';
    const name = place.split('.')[0] ?? '';
    if (issue.type === 'strict_object' && issue.expected === 'never')
      throw invalid(`\`${name}\` has no \`${place.slice(name.length + 1)}\`; it is ${issue.message}`);
    throw invalid(`\`${place}\` is ${shown(name, issue.input)}; it is ${issue.message}`);
  }
  checkProofs(options, servers);
}

function checkProofs(options: NatsOptions, { proof, tls, texts }: Servers): void {
  const [first, second] = proofs.filter((name) => options[name] !== undefined);
  if (second !== undefined) throw invalid(`it has both \`${first}\` and \`${second}\`; give one of them`);
  const given = first ?? (options.password === undefined ? undefined : 'password');
  if (proof !== undefined && given !== undefined) {
    const there = 'token' in proof ? 'a token' : 'a user and a password';
    throw invalid(`the address of a server has ${there}, and there is the option \`${given}\`; give one of them`);
  }
  if (given === 'password') throw invalid('it has a `password` without a `user`');
  checkPair(options.tls);
  if (tls && options.tls === false)
    throw invalid(`\`tls\` is false, and ${texts.find((text) => /^tls:/i.test(text))} begins with "tls://"`);
}

/** Node would show no certificate, and say nothing. */
function checkPair(tls: NatsOptions['tls']): void {
  if (typeof tls !== 'object' || (tls.cert === undefined) === (tls.key === undefined)) return;
  const [has, lacks] = tls.key === undefined ? ['cert', 'key'] : ['key', 'cert'];
  throw invalid(`\`tls\` has a \`${has}\` without a \`${lacks}\`; give both`);
}

/** Of a key, as it comes from a variable of the environment. */
function isContents(given: string): boolean {
  return /[\r\n]|-----BEGIN/.test(given);
}

function shown(name: string, value: unknown): string {
  if (typeof value === 'string' && isContents(value)) return 'the contents of a file';
  if (typeof value === 'number' && !secrets.has(name)) return String(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'string' && !secrets.has(name)) return JSON.stringify(value);
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return `a ${typeof value}`;
}

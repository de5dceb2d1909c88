/** The command line: which checkout. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const usage = 'pnpm interop:plushie -- --checkout DIR';
const howTo =
  'DIR is a checkout of plushie-typescript. To get one: git clone https://github.com/plushie-ui/plushie-typescript';

/** Files that the suite builds on. */
const needed = [
  'src/client/pool.ts',
  'src/client/transport.ts',
  'src/testing/index.ts',
  'test/setup.ts',
  'pnpm-lock.yaml',
];

/** Of which checkout is spoken, as an absolute path. @throws Error with what to do */
export function checkoutOf(args: readonly string[], directory: string): string {
  // pnpm passes the two dashes before the arguments on.
  const own = args[0] === '--' ? args.slice(1) : [...args];
  const { checkout } = parsed(own);
  if (checkout === undefined) throw new Error(`--checkout is missing: ${usage}\n${howTo}`);
  const path = resolve(directory, checkout);
  const lacking = lacks(path);
  if (lacking !== undefined) throw new Error(`${path} is no checkout of plushie-typescript: ${lacking}\n${howTo}`);
  return path;
}

function parsed(args: string[]): { readonly checkout?: string | undefined } {
  try {
    return parseArgs({ args, options: { checkout: { type: 'string' } } }).values;
  } catch (thrown) {
    throw new Error(`${(thrown as Error).message}\nUsage: ${usage}`, { cause: thrown });
  }
}

function lacks(path: string): string | undefined {
  const manifest = join(path, 'package.json');
  if (!existsSync(manifest)) return 'it has no package.json';
  const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: string };
  if (name !== 'plushie') return `its package.json is that of ${name ?? 'a package without a name'}`;
  const missing = needed.find((file) => !existsSync(join(path, file)));
  return missing === undefined ? undefined : `it has no ${missing}`;
}

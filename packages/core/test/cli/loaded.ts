/** What a command loads. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { place } from '../support/pools.ts';
import { commandLine } from './carpool.ts';

/** The files of Carpool, by their names, and the packages of others. */
export async function loadedBy(...words: string[]): Promise<string[]> {
  const { path } = place();
  const [file = '', ...args] = commandLine(...words);
  const env = { ...process.env, TMPDIR: path, NODE_V8_COVERAGE: join(path, `coverage-${words.join('')}`) };
  const child = spawn(file, args, { cwd: path, env, stdio: 'ignore' });
  await once(child, 'exit');
  const [report = ''] = readdirSync(env.NODE_V8_COVERAGE);
  const { result } = JSON.parse(readFileSync(join(env.NODE_V8_COVERAGE, report), 'utf8')) as {
    result: readonly { readonly url: string }[];
  };
  const files = result.filter(({ url }) => url.startsWith('file:'));
  const names = files.map(({ url }) => /^file:.*\/node_modules\/([^/]+)\//.exec(url)?.[1] ?? basename(url));
  return [...new Set(names)];
}

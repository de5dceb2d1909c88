/** What was tested with what. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plushie } from '@carpool/plushie';
import { createPool } from 'carpool';
import { execute } from './execute.ts';

export interface Versions {
  readonly sdk: string;
  readonly renderer: string;
  readonly carpool: string;
  readonly node: string;
  readonly date: string;
}

export async function versionsOf(checkout: string, renderer: string): Promise<Versions> {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { readonly version: string };
  return {
    sdk: `plushie-typescript ${version}, ${await commitOf(checkout)}`,
    renderer: await rendererVersion(renderer),
    carpool: `Carpool ${await commitOf(join(import.meta.dirname, '../..'))}`,
    node: `Node ${process.versions.node}`,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** As its hello says. */
async function rendererVersion(rendererPath: string): Promise<string> {
  const pool = createPool(plushie({ rendererPath }));
  try {
    const { hello } = await pool.register();
    const { name, version } = hello as { readonly name: string; readonly version: string };
    return `${name} ${version}`;
  } finally {
    await pool.close();
  }
}

async function commitOf(folder: string): Promise<string> {
  // A folder without one may lie in another repository.
  if (!existsSync(join(folder, '.git'))) return 'of an unknown commit';
  const commit = (await execute(['git', 'rev-parse', '--short=10', 'HEAD'], { cwd: folder })).trim();
  const changes = (await execute(['git', 'status', '--porcelain', '--untracked-files=no'], { cwd: folder })).trim();
  return `commit ${commit}${changes === '' ? '' : ', modified'}`;
}

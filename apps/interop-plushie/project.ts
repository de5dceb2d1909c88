/** A copy of the checkout with its dependencies, Carpool as it would be published, and the suite. */
import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execute } from './execute.ts';

const repository = join(import.meta.dirname, '../..');
const pnpm = ['npx', '-y', 'pnpm@12'];

/** Not of the source: what an install, a build or a download has left in the checkout. */
const leftOut = new Set(['node_modules', 'dist', 'bin', '.git']);

/** @param folder an empty one, outside of any workspace @returns the copy */
export async function makeProject(checkout: string, folder: string): Promise<string> {
  const project = join(folder, 'checkout');
  say('copies the checkout');
  cpSync(checkout, project, { recursive: true, filter: (source) => !leftOut.has(basename(source)) });

  say('installs and builds it');
  // Its install script would download a renderer.
  await execute([...pnpm, 'install', '--ignore-scripts', '--frozen-lockfile'], { cwd: project });
  await execute([...pnpm, 'run', 'build'], { cwd: project });

  say('packs Carpool and installs it there');
  const [carpool = '', ...others] = await Promise.all(
    ['core', 'plushie', 'vitest-adapter'].map((name) => pack(name, folder)),
  );
  // The packages depend on a version of carpool that is not published.
  const settings = ['overrides:', `  carpool: 'file:${carpool}'`, 'strictDepBuilds: false', ''];
  writeFileSync(join(project, 'pnpm-workspace.yaml'), settings.join('\n'));
  const added = [carpool, ...others].map((tarball) => `file:${tarball}`);
  await execute([...pnpm, 'add', '-D', '--ignore-scripts', ...added], { cwd: project });

  cpSync(join(import.meta.dirname, 'suite'), join(project, 'carpool'), { recursive: true });
  return project;
}

async function pack(name: string, folder: string): Promise<string> {
  const tarball = join(folder, `${name}.tgz`);
  await execute([...pnpm, 'pack', '--out', tarball], { cwd: join(repository, 'packages', name) });
  return tarball;
}

export function say(text: string): void {
  console.log(`interop: ${text}`);
}

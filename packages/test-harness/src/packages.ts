/**
 * `node_modules` as users have them. Packages of the workspace are copied, not linked: runners treat files that are
 * really in `node_modules` differently, and leave them to Node.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Package name → its folder. */
type Folders = Readonly<Record<string, string>>;

/** Fills a `node_modules`: `copied` are built packages of the workspace, `linked` is what else they need. */
export function layOut(
  modules: string,
  { copied, linked }: { readonly copied: Folders; readonly linked: Folders },
): void {
  for (const [name, from] of Object.entries(copied)) copyPackage(from, join(modules, name));
  for (const [name, from] of Object.entries(linked)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(from, join(modules, name), 'dir');
  }
}

/** Copies what a built package publishes. */
export function copyPackage(from: string, to: string): void {
  if (!existsSync(join(from, 'dist'))) throw new Error(`Nothing is built in ${from}: run \`pnpm build\` first`);
  for (const part of ['package.json', 'dist']) cpSync(join(from, part), join(to, part), { recursive: true });
}

/** The real folder of a dependency of the package at `from`. */
export function installed(from: string, name: string): string {
  return realpathSync(join(from, 'node_modules', name));
}

/** The real folder of a dependency of the package at `from` or of a folder above it. */
export function above(from: string, name: string): string {
  return existsSync(join(from, 'node_modules', name)) ? installed(from, name) : above(dirname(from), name);
}

/** Replaces a text in all files of `dist`, as another version of the package would have it. */
export function replaceInPackage(folder: string, from: RegExp, to: string): void {
  let found = false;
  for (const file of readdirSync(join(folder, 'dist'))) {
    const path = join(folder, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const replaced = text.replace(from, to);
    found ||= replaced !== text;
    writeFileSync(path, replaced);
  }
  if (!found) throw new Error(`No file in ${folder}/dist has ${from}`);
}

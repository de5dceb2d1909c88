/** Global setup. Hosts and commands that tests start are those of `dist`, which is built anew where the source is newer, also in watch mode. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { build, inTurn } from '../build.ts';
import { statOf } from '../src/process/files.ts';

const folder = join(import.meta.dirname, '..');
/** A file of each part of the build, which writes them in any order. */
const parts = [
  'index.js',
  'coordination.cjs',
  'child.js',
  'join.js',
  'cli.js',
  'host-main.js',
  'shared-worker-thread.js',
  'report-page.html',
  'watch-page.html',
];

export default async function setup(project: TestProject): Promise<void> {
  project.onTestsRerun(buildIfEdited);
  await buildIfEdited();
}

async function buildIfEdited(): Promise<void> {
  // In turn already to look: what another process builds is there in parts.
  await inTurn(() => {
    if (isBuilt()) return;
    process.stdout.write('The source of carpool is newer than what was built of it: building …\n');
    build('ignore');
  });
}

function isBuilt(): boolean {
  const sources = globSync(['src/**/*.{ts,html,css}', 'package.json', 'browser-page.ts', 'tsdown.config.ts'], {
    cwd: folder,
    exclude: ['**/*.test.ts'],
  });
  const edited = Math.max(...sources.map((file) => statOf(join(folder, file))?.mtimeMs ?? 0));
  const built = Math.min(...parts.map((file) => statOf(join(folder, 'dist', file))?.mtimeMs ?? 0));
  return built >= edited;
}

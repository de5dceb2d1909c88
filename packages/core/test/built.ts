/** Global setup. Hosts and commands that tests start are those of `dist`, which is built anew where the source is newer, also in watch mode. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const folder = join(import.meta.dirname, '..');

export default function setup(project: TestProject): void {
  project.onTestsRerun(async () => buildIfEdited());
  buildIfEdited();
}

function buildIfEdited(): void {
  const sources = globSync(['src/**/*.ts', 'package.json', 'tsdown.config.ts'], {
    cwd: folder,
    exclude: ['**/*.test.ts'],
  });
  const edited = Math.max(...sources.map((file) => statSync(join(folder, file)).mtimeMs));
  const built = join(folder, 'dist/host-main.js');
  if (existsSync(built) && statSync(built).mtimeMs >= edited) return;
  process.stdout.write('The source of carpool is newer than what was built of it: building …\n');
  execFileSync('npx', ['-y', 'pnpm@12', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

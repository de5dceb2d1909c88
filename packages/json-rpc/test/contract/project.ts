/** The contract laid out for one runner. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '@carpool/test-harness';
import { build } from 'vite';
import type { Runner } from './runners.ts';

const lines = join(import.meta.dirname, 'lines');
const programs = join(import.meta.dirname, '../programs');

const config = `import { jsonRpc, languageServer } from '@carpool/json-rpc';
import { defineConfig } from 'carpool';
import { poolsOf } from './pools.ts';

// Relative to the config, as users write it.
const places = { programs: import.meta.dirname, root: 'root', files: ['a', 'b'] };
export default defineConfig({ pools: poolsOf({ jsonRpc, languageServer }, places) });
`;

/** Its folder is inside of this package, so that it finds the package by its name, and what it needs besides. */
export async function layOut(runner: Runner): Promise<Project> {
  const project = new Project(runner, `contract-${runner.name.split(' ')[0]?.toLowerCase()}`, [
    ...globSync(join(lines, '*.ts')),
    join(import.meta.dirname, 'pools.ts'),
    programs,
    join(import.meta.dirname, 'with-root'),
  ]);
  for (const [file, text] of Object.entries({ 'carpool.config.mjs': config, ...runner.files })) {
    project.write(file, text);
  }
  if (runner.isCommonJs) await compile(project);
  return project;
}

/** Jest takes CommonJS. */
async function compile(project: Project): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(lines, 'worker.ts'),
      outDir: project.folder,
      emptyOutDir: false,
      rolldownOptions: { output: { format: 'cjs', entryFileNames: 'worker.cjs' } },
    },
  });
}

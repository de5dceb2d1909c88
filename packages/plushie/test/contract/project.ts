/** The contract laid out for one runner. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '@carpool/test-harness';
import { build } from 'vite';
import type { Runner } from './runners.ts';

const lines = join(import.meta.dirname, 'lines');

const config = `import { plushie } from '@carpool/plushie';
import { defineConfig } from 'carpool';
import { poolName, poolsOf, variants } from './variants.ts';

const { CONTRACT_VARIANTS, PLUSHIE_BINARY_PATH } = process.env;
const pools = variants
  .filter(({ name }) => CONTRACT_VARIANTS.split(',').includes(name))
  .flatMap((variant) => {
    const options = poolsOf(variant, { folder: import.meta.dirname, renderer: PLUSHIE_BINARY_PATH });
    return Object.entries(options).map(([kind, one]) => [poolName(variant, kind), plushie(one)]);
  });

export default defineConfig({ pools: Object.fromEntries(pools) });
`;

/** Its folder is inside of this package, so that it finds the package by its name, and what it needs besides. */
export async function layOut(runner: Runner): Promise<Project> {
  const project = new Project(runner, `contract-${runner.name.split(' ')[0]?.toLowerCase()}`, [
    ...globSync(join(lines, '*.ts')),
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

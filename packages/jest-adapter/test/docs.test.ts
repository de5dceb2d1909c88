/** The code in the documents is compiled and run as it stands there, as CommonJS and as ES modules. */
import { describe, expect, test } from 'vitest';
import { codeFiles } from '@carpool/test-harness/code-blocks';
import { expectVerdicts } from '@carpool/test-harness/expect';
import type { Outcome } from '@carpool/test-harness';
import { majors, Project } from './harness.ts';

/** Adds a transformer for TypeScript; every project has its own. */
function run(
  project: Project,
  config: string,
  kind: 'common' | 'modules',
  files: readonly string[] = [],
): Promise<Outcome> {
  const added = {
    transform: { '\\.m?ts$': `<rootDir>/${kind}.mjs` },
    ...(kind === 'common' ? { testPathIgnorePatterns: ['by-value'] } : { extensionsToTreatAsEsm: ['.ts', '.mts'] }),
  };
  const name = `${kind}-${config}`;
  project.write(name, `import own from './${config}';\nexport default { ...own, ...${JSON.stringify(added)} };\n`);
  const env = kind === 'common' ? {} : { NODE_OPTIONS: '--experimental-vm-modules' };
  return project.run([...files, `--config=${name}`], { env });
}

describe.for(majors)('Jest %s', (major) => {
  test('the code of docs/jest.md compiles and its tests pass', async () => {
    using project = new Project(major, 'guide');
    for (const [file, code] of codeFiles('docs/jest.md')) project.write(file, code);
    const [errors, common, modules, own, options] = await Promise.all([
      project.check(),
      run(project, 'jest.config.mjs', 'common'),
      run(project, 'jest.config.mjs', 'modules'),
      run(project, 'own.config.mjs', 'common', ['greeting', 'table']),
      run(project, 'options.config.mjs', 'common', ['greeting']),
    ]);
    expect(errors).toBe('');
    expectVerdicts(common, 13);
    expectVerdicts(modules, 14);
    expectVerdicts(own, 4);
    expectVerdicts(options, 2);
    for (const { code } of [common, modules, own, options]) expect(code).toBe(0);
  });

  test('so does the code of the README', async () => {
    using project = new Project(major, 'guide');
    for (const [file, code] of codeFiles('packages/jest-adapter/README.md')) project.write(file, code);
    const [errors, outcome] = await Promise.all([project.check(), run(project, 'jest.config.mjs', 'common')]);
    expect(errors).toBe('');
    expectVerdicts(outcome, 2);
  });
});

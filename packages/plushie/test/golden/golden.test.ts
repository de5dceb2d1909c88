/** Golden files under real runners, with a renderer that draws a few squares. */
import { expectVerdicts } from '@carpool/test-harness/expect';
import { expect, test } from 'vitest';
import { Project, runners } from './runners.ts';
import { goldenSuite } from './suite.ts';

goldenSuite(runners);

const inProcess = `import { createPool } from 'carpool';
import { plushie } from '@carpool/plushie';
import { assertTreeHash } from '@carpool/plushie/golden';
import { standIn } from '@carpool/plushie/stand-in';
import { test } from 'vitest';
import { tree } from './tree.cjs';

test('a pool in this process', async () => {
  await using pool = createPool(plushie({ ...standIn }));
  const session = await pool.register();
  session.send({ type: 'snapshot', tree: tree() });
  await assertTreeHash(session, 'tree', options);
});
`;

function vitest(): Project {
  const runner = runners.find(({ name }) => name === 'Vitest');
  if (runner === undefined) throw new Error('Vitest is not among the runners');
  return new Project(runner);
}

test('the adapter says which file it is also where nothing else is used of it', async () => {
  using project = vitest();
  project.write('in-process.test.mjs', inProcess.replace(', options', ''));
  expectVerdicts(await project.run(['run', 'in-process']), 1);
  expect(project.files('__goldens__/**/*.sha256')).toEqual(['__goldens__/in-process.test.mjs/tree.mock.sha256']);
});

test('without an adapter the test says which file it is', async () => {
  using project = vitest();
  project.write('vitest.config.mjs', 'export default {};');
  project.write('in-process.test.mjs', inProcess.replace('options', '{ file: import.meta.url }'));
  expectVerdicts(await project.run(['run', 'in-process']), 1);
  expect(project.files('__goldens__/**/*.sha256')).toEqual(['__goldens__/in-process.test.mjs/tree.mock.sha256']);
});

import { configOf, quick } from '@carpool/test-harness/suites';
import { configDefaults, type TestProjectInlineConfiguration, type ViteUserConfigFnObject } from 'vitest/config';

const layers = 'test/layers.test.ts';

// What keeps no state of a module shares workers.
const beside: TestProjectInlineConfiguration = { extends: true, test: { ...quick, name: 'src', isolate: false } };
const withProcesses: TestProjectInlineConfiguration = {
  extends: true,
  test: {
    name: 'test',
    globalSetup: ['test/built.ts'],
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, layers],
  },
};

const config: ViteUserConfigFnObject = configOf({
  folder: import.meta.dirname,
  suites: {
    test: { projects: [beside, withProcesses] },
    quick: { projects: [beside] },
    layers: { include: [layers] },
  },
});

export default config;

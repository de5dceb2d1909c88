/** The runners that have an adapter, as data. */
import { editJest, editPlaywright, editVitest, type EditConfig } from './adapters.ts';
import type { RunnerName } from './names.ts';

export interface Runner {
  /** As its users call it. */
  readonly title: string;
  readonly package: string;
  /** Major and minor version: older ones have no adapter. */
  readonly oldest: readonly [number, number];
  readonly adapter: string;
  /** What a config file of it is called; the first that is there is read by it. */
  readonly configs: readonly string[];
  /** In a script of package.json. */
  readonly command: RegExp;
  readonly edit: EditConfig;
  /** What a user types for one file, without npx. */
  readonly run: (file: string) => string;
}

const withExtensions = (name: string, extensions: readonly string[]): string[] =>
  extensions.map((extension) => `${name}.${extension}`);
/** Of all languages. */
const testFiles = '**/*.test.?(c|m)[jt]s?(x)';
const scripts = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'];

export const runners: Readonly<Record<RunnerName, Runner>> = {
  vitest: {
    title: 'Vitest',
    package: 'vitest',
    oldest: [3, 2],
    adapter: '@carpool/vitest',
    configs: [...withExtensions('vitest.config', scripts), ...withExtensions('vite.config', scripts)],
    command: /\bvitest\b/,
    edit: editVitest,
    run: (file) => `vitest run ${file}`,
  },
  jest: {
    title: 'Jest',
    package: 'jest',
    oldest: [29, 7],
    adapter: '@carpool/jest',
    configs: withExtensions('jest.config', [...scripts, 'json']),
    command: /\bjest\b/,
    edit: editJest,
    run: (file) => `jest ${file}`,
  },
  playwright: {
    title: 'Playwright Test',
    package: '@playwright/test',
    oldest: [1, 65],
    adapter: '@carpool/playwright',
    configs: withExtensions('playwright.config', scripts),
    command: /\bplaywright test\b/,
    edit: editPlaywright,
    run: (file) => `playwright test ${file}`,
  },
};

/**
 * What a config of its own says where a project has none.
 * @param own it takes files of its own alone, as the default patterns of the runners overlap: Playwright `.spec`, the others `.test`
 */
export function newConfig(name: RunnerName, own: boolean): string {
  switch (name) {
    case 'vitest': {
      const files = own ? `, test: { include: ['${testFiles}'] }` : '';
      return `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';

export default defineConfig({ plugins: [carpool()]${files} });
`;
    }
    case 'jest':
      return `export default { preset: '@carpool/jest'${own ? `, testMatch: ['${testFiles}']` : ''} };\n`;
    case 'playwright': {
      const files = own ? ", testMatch: '**/*.spec.*'" : '';
      return `import { defineConfig } from '@playwright/test';

export default defineConfig({ globalSetup: '@carpool/playwright/global-setup'${files} });
`;
    }
  }
}

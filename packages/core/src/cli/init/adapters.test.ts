import { describe, expect, test } from 'vitest';
import { editJest, editJestKey, editPlaywright, editVitest, type EditConfig } from './adapters.ts';
import { ByHand, Refusal } from './refusal.ts';
import { parseSource } from './source.ts';

/** What it makes of the text. It parses, and a second edit finds nothing to do. */
function edited(edit: EditConfig, file: string, text: string): string {
  const after = edit(file, text);
  if (after === undefined) throw new Error('It found nothing to do');
  if (!file.endsWith('.json')) parseSource(file, after);
  expect(edit(file, after)).toBeUndefined();
  return after;
}

/** Why it is left to the user. */
function reason(edit: EditConfig, file: string, text: string): string {
  try {
    edit(file, text);
  } catch (thrown) {
    if (!(thrown instanceof ByHand) || thrown.lines.length === 0) throw thrown;
    return thrown.message;
  }
  throw new Error('It was edited');
}

describe('Vitest', () => {
  test('a list of plugins gets one more, in the style of the file: quotes, semicolons, lines, commas', () => {
    const react = `import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// https://vite.dev/config/
export default defineConfig({
  plugins: [react()],
})
`;
    expect(edited(editVitest, 'vite.config.ts', react)).toBe(`import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { carpool } from '@carpool/vitest/config'

// https://vite.dev/config/
export default defineConfig({
  plugins: [react(), carpool()],
})
`);
    const lines = `import { defineConfig } from "vitest/config";
export default defineConfig({
\tplugins: [
\t\tone(),
\t\ttwo(),
\t],
});
`;
    expect(edited(editVitest, 'vitest.config.js', lines)).toBe(`import { defineConfig } from "vitest/config";
import { carpool } from "@carpool/vitest/config";
export default defineConfig({
\tplugins: [
\t\tone(),
\t\ttwo(),
\t\tcarpool(),
\t],
});
`);
    const bare = lines.replace('two(),', 'two()');
    expect(edited(editVitest, 'vitest.config.js', bare)).toContain('\t\ttwo(),\n\t\tcarpool()\n\t],');
  });

  test.for([
    ['export default {};', 'export default { plugins: [carpool()] };'],
    ['export default { test: {} };', 'export default { plugins: [carpool()], test: {} };'],
    ['export default {test: {}};', 'export default {plugins: [carpool()], test: {}};'],
    ['export default { plugins: [] };', 'export default { plugins: [carpool()] };'],
    ['export default {\n  test: {},\n};', 'export default {\n  plugins: [carpool()],\n  test: {},\n};'],
    ['export default {\n    // none\n};', 'export default {\n    plugins: [carpool()],\n    // none\n};'],
    ['export default () => ({ test: {} });', 'export default () => ({ plugins: [carpool()], test: {} });'],
    [
      'export default defineConfig(({ mode }) => {\n  return { mode };\n});',
      'export default defineConfig(({ mode }) => {\n  return { plugins: [carpool()], mode };\n});',
    ],
    ['const a = { test: {} };\nexport default a;', 'const a = { plugins: [carpool()], test: {} };\nexport default a;'],
    [
      'export default mergeConfig(base, defineConfig({ test: {} }));',
      'export default mergeConfig(base, defineConfig({ plugins: [carpool()], test: {} }));',
    ],
    [
      'export default { plugins: [vue()] } satisfies UserConfig;',
      'export default { plugins: [vue(), carpool()] } satisfies UserConfig;',
    ],
    ['export default { ...base, plugins: [] };', 'export default { ...base, plugins: [carpool()] };'],
  ])('%j', ([before = '', after = '']) => {
    const line = "import { carpool } from '@carpool/vitest/config';\n\n";
    expect(edited(editVitest, 'vitest.config.ts', before)).toBe(line + after);
  });

  test('one that requires what it needs', () => {
    const before = `const { defineConfig } = require('vitest/config');\n\nmodule.exports = defineConfig({ test: {} });\n`;
    expect(edited(editVitest, 'vitest.config.cjs', before)).toBe(`const { defineConfig } = require('vitest/config');
const { carpool } = require('@carpool/vitest/config');

module.exports = defineConfig({ plugins: [carpool()], test: {} });
`);
  });

  test('the lines of Windows stay those of Windows', () => {
    const before = "import vue from 'vue';\r\n\r\nexport default {\r\n  plugins: [\r\n    vue(),\r\n  ],\r\n};\r\n";
    const after = edited(editVitest, 'vite.config.js', before);
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    expect(after).toContain('    carpool(),\r\n');
  });

  test.for([
    ['export default make();', 'what a function makes'],
    ['export default { plugins };', 'are no list'],
    ['export default { plugins: [one()].filter(Boolean) };', 'are no list'],
    ['export default { ...base };', 'may come from what is spread'],
    ['export default { plugins: [], ...base };', 'may come from elsewhere'],
    ['const a = {};\na.plugins = [];\nexport default a;', 'is changed after it is made'],
    ['export default () => {\n  if (x) return {};\n  return {};\n};', 'returns from several places'],
    ["import { carpool } from './cars';\nexport default {};", 'calls something else `carpool`'],
    ['const a = a;\nexport default a;', 'is no object'],
    ['export const a = {};', 'has no default export'],
    ['export default class {}', 'has no default export'],
  ])('%j is left to the user', ([text = '', why = '']) => {
    expect(reason(editVitest, 'vite.config.ts', text)).toContain(why);
  });

  test('an error of syntax is said with its place', () => {
    const edit = (): unknown => editVitest('vite.config.ts', 'export default {\n  plugins: [,\n');
    expect(edit).toThrow(Refusal);
    expect(edit).toThrow(/^Cannot read vite\.config\.ts: .*\(3:0\)$/);
  });
});

describe('Jest', () => {
  const made = (lines: string, end: string): string => `/**
 * For a detailed explanation regarding each configuration property, visit:
 * https://jestjs.io/docs/configuration
 */

/** @type {import('jest').Config} */
const config = {
  // All imported modules in your tests should be mocked automatically
  // automock: false,

  // moduleDirectories: ["node_modules"],

  // coverageProvider: "babel",
${lines}};

${end}
`;

  test('what `npm init jest` makes, for Node', () => {
    const before = made('\n  clearMocks: true,\n', 'module.exports = config;');
    const after = before.replace('config = {\n', 'config = {\n  preset: "@carpool/jest",\n');
    expect(edited(editJest, 'jest.config.js', before)).toBe(after);
    const empty = made('', 'export default config;');
    expect(edited(editJest, 'jest.config.mjs', empty)).toContain('config = {\n  preset: "@carpool/jest",\n  // All');
  });

  test('and for jsdom, whose environment is that of Carpool', () => {
    const before = made('\n  testEnvironment: "jsdom",\n', 'module.exports = config;');
    const after = edited(editJest, 'jest.config.js', before);
    expect(after).toContain('preset: "@carpool/jest",');
    expect(after).toContain('testEnvironment: "@carpool/jest/environment-jsdom",');
  });

  test('in TypeScript', () => {
    const before =
      "import type {Config} from 'jest';\n\nconst config: Config = {\n  verbose: true,\n};\n\nexport default config;\n";
    expect(edited(editJest, 'jest.config.ts', before)).toContain("  preset: '@carpool/jest',\n  verbose: true,");
  });

  test('beside the preset of ts-jest', () => {
    const before =
      "/** @type {import('ts-jest').JestConfigWithTsJest} */\nmodule.exports = {\n  preset: 'ts-jest',\n  testEnvironment: 'node',\n};\n";
    expect(edited(editJest, 'jest.config.js', before)).toBe(`const { carpool } = require('@carpool/jest/config');

/** @type {import('ts-jest').JestConfigWithTsJest} */
module.exports = {
  ...carpool(),
  preset: 'ts-jest',
  testEnvironment: '@carpool/jest/environment',
};
`);
  });

  test('each project of its own', () => {
    const before = "export default { projects: [{ displayName: 'a' }, { displayName: 'b' }] };";
    expect(edited(editJest, 'jest.config.mjs', before)).toBe(
      "export default { projects: [{ preset: '@carpool/jest', displayName: 'a' }, { preset: '@carpool/jest', displayName: 'b' }] };",
    );
  });

  test('JSON, and the key of package.json', () => {
    expect(edited(editJest, 'jest.config.json', '{\n  "verbose": true\n}\n')).toBe(
      '{\n  "preset": "@carpool/jest",\n  "verbose": true\n}\n',
    );
    const manifest = '{\n  "name": "a",\n  "jest": {\n    "testEnvironment": "jsdom"\n  }\n}\n';
    const after = edited(editJestKey, 'package.json', manifest);
    expect(JSON.parse(after)).toEqual({
      name: 'a',
      jest: { preset: '@carpool/jest', testEnvironment: '@carpool/jest/environment-jsdom' },
    });
  });

  test.for([
    ["module.exports = { globalSetup: './a.js' };", 'has a `globalSetup`'],
    ["module.exports = { globalTeardown: './a.js' };", 'has a `globalTeardown`'],
    ["module.exports = { testEnvironment: './a.js' };", 'must be wrapped by `withCarpool`'],
    ["module.exports = { preset: 'react-native' };", 'may have a setup or an environment'],
    ['module.exports = { preset };', 'its `preset` is no text'],
    ['module.exports = { ...base };', 'what is spread into it'],
    ['module.exports = createJestConfig(config);', 'what a function makes'],
    ["module.exports = { projects: ['<rootDir>/a'] };", 'configs of their own'],
    ["module.exports = { projects: [{ preset: 'ts-jest' }] };", 'presets of their own'],
    ['module.exports = { projects };', 'configs of their own'],
  ])('%j is left to the user', ([text = '', why = '']) => {
    expect(reason(editJest, 'jest.config.js', text)).toContain(why);
  });

  test('so is a preset in JSON, which imports nothing', () => {
    expect(reason(editJest, 'jest.config.json', '{ "preset": "ts-jest" }')).toContain('its preset, ts-jest');
    expect(reason(editJestKey, 'package.json', '{ "jest": "jest.json" }')).toContain('its `jest` is no object');
  });
});

describe('Playwright Test', () => {
  test('what `npm init playwright` makes', () => {
    const before = `import { defineConfig, devices } from '@playwright/test';

/**
 * See https://playwright.dev/docs/test-configuration.
 */
export default defineConfig({
  testDir: './tests',
  /* Run tests in files in parallel */
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  projects: [
    {
      name: 'chromium',
      use: { ...devices['Desktop Chrome'] },
    },
  ],
});
`;
    const after = before.replace(
      'defineConfig({\n',
      "defineConfig({\n  globalSetup: '@carpool/playwright/global-setup',\n",
    );
    expect(edited(editPlaywright, 'playwright.config.ts', before)).toBe(after);
  });

  test.for([
    ["'./mine.ts'", "['@carpool/playwright/global-setup', './mine.ts']"],
    ["require.resolve('./mine')", "['@carpool/playwright/global-setup', require.resolve('./mine')]"],
    ["['./a', './b']", "['@carpool/playwright/global-setup', './a', './b']"],
    ['[]', "['@carpool/playwright/global-setup']"],
  ])('a global setup of your own, %s, is one of two', ([mine = '', both = '']) => {
    expect(edited(editPlaywright, 'playwright.config.ts', `export default { globalSetup: ${mine} };`)).toBe(
      `export default { globalSetup: ${both} };`,
    );
  });

  test('the set-up with options is there already', () => {
    const text =
      "import { carpool } from '@carpool/playwright/config';\nexport default defineConfig(carpool({ summary: false }), {});";
    expect(editPlaywright('playwright.config.ts', text)).toBeUndefined();
  });

  test.for([
    ['export default defineConfig(base, { testDir: "a" });', 'what it is merged with'],
    ['export default { ...base };', 'what it is merged with'],
    ['export default { globalSetup };', 'a list or not'],
    ['export default { globalSetup: "a", ...base };', 'may come from elsewhere'],
    ['export default { globalSetup() {} };', 'may come from elsewhere'],
  ])('%j is left to the user', ([text = '', why = '']) => {
    expect(reason(editPlaywright, 'playwright.config.ts', text)).toContain(why);
  });
});

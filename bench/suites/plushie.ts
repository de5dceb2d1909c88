/** Suites on a headless plushie-renderer, which differ in one thing: whether each file starts one, or all share one. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './write.ts';

export type PlushieContestant = 'shared' | 'renderer-each';

export interface PlushieSuite {
  readonly files: number;
  /** In a file. Each draws a small app, clicks, and takes a screenshot. */
  readonly tests: number;
  /** The path of the renderer. */
  readonly renderer: string;
}

/** @returns the folder of the project */
export function writePlushieSuite(contestant: PlushieContestant, { files, tests, renderer }: PlushieSuite): string {
  const folder = join(home, `plushie-${contestant}-${files}-${tests}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  write('package.json', '{ "name": "suite", "private": true }\n');
  write('renderer.mjs', readFileSync(join(import.meta.dirname, 'support', 'renderer.mjs'), 'utf8'));
  // Both start the renderer through this, which counts.
  const command = join(folder, 'renderer.sh');
  write('renderer.sh', `#!/bin/sh\necho >>'${startsFile(folder)}'\nexec '${renderer}' "$@"\n`);
  chmodSync(command, 0o755);
  const isShared = contestant === 'shared';
  write('vitest.config.mts', isShared ? configs.shared : configs.alone);
  if (isShared) write('carpool.config.mts', carpoolConfig(command));
  write('app.mjs', app);
  const text = isShared ? sharedFile(tests) : aloneFile(tests, command);
  for (let number = 1; number <= files; number++) write(`file-${number}.test.ts`, text);
  return folder;
}

/** How many renderers were started since the last call. */
export function takeStarts(folder: string): number {
  const file = startsFile(folder);
  if (!existsSync(file)) return 0;
  const starts = readFileSync(file, 'utf8').length;
  rmSync(file);
  return starts;
}

function startsFile(folder: string): string {
  return join(folder, '.starts');
}

const configs = {
  shared: `import { carpool } from '@carpool/vitest/config';
import { defineConfig } from 'vitest/config';
export default defineConfig({ plugins: [carpool({ summary: false })] });
`,
  alone: `import { defineConfig } from 'vitest/config';
export default defineConfig({});
`,
};

function carpoolConfig(command: string): string {
  return `import { plushie } from '@carpool/plushie';
import { defineConfig } from 'carpool';
export default defineConfig({
  pools: { renderer: plushie({ mode: 'headless', maxSessions: 8, rendererPath: '${command}' }) },
});
`;
}

/** A small app: what a test draws, and what it does with it. */
const app = `const rows = (count) => Array.from({ length: 8 }, (_, at) => ({
  id: 'row-' + at, type: 'row', props: { spacing: 8 },
  children: [
    { id: 'label-' + at, type: 'text', props: { content: 'Item ' + at } },
    { id: 'remove-' + at, type: 'button', props: { label: 'Remove ' + at } },
  ],
}));
export const tree = (count) => ({
  id: 'main', type: 'window', props: { title: 'Items' },
  children: [{
    id: 'page', type: 'column', props: { spacing: 8, padding: 16 },
    children: [
      { id: 'count', type: 'text', props: { content: 'Count: ' + count } },
      { id: 'more', type: 'button', props: { label: '+' } },
      ...rows(count),
    ],
  }],
});
export const click = { type: 'interact', action: 'click', selector: { by: 'text', value: '+' }, payload: {} };
export const patch = { type: 'patch', ops: [{ op: 'update_props', path: [0, 0], props: { content: 'Count: 1' } }] };
export const screenshot = { type: 'screenshot', name: 'page' };
`;

const steps = (call: string): string => `renderer.send({ type: 'snapshot', tree: tree(0) });
  const { events } = await renderer.${call}(click);
  expect(events[0].id).toBe('more');
  renderer.send(patch);
  const { width, height, rgba } = await renderer.request(screenshot);
  expect(rgba.length).toBe(width * height * 4);`;

const appImport = "import { click, patch, screenshot, tree } from './app.mjs';\n";

function sharedFile(tests: number): string {
  const body = (at: number): string => `test('${at}', async ({ renderer }) => {\n  ${steps('interact')}\n});\n`;
  return `import { expect } from 'vitest';
import { withPools } from '@carpool/vitest';
import config from './carpool.config.mts';
${appImport}const test = withPools(config);
${Array.from({ length: tests }, (_, at) => body(at)).join('')}`;
}

function aloneFile(tests: number, command: string): string {
  const body = (at: number): string =>
    `test('${at}', async () => {\n  const renderer = own.session();\n  ${steps('request')}\n  await renderer.end();\n});\n`;
  return `import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRenderer } from './renderer.mjs';
${appImport}let own;
beforeAll(async () => { own = await startRenderer('${command}'); });
afterAll(() => own.stop());
${Array.from({ length: tests }, (_, at) => body(at)).join('')}`;
}

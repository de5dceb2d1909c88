import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { SourceFiles, type Watch } from '../../src/process/source-files.ts';
import { place } from '../support/pools.ts';

function file(name: string, text = ''): string {
  const path = join(place().path, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const started = (args: readonly string[], watch: Watch = true): Promise<SourceFiles> =>
  SourceFiles.of({ file: process.execPath, args, cwd: place().path, watch });

test('what a child was started from: its command, and the files among its arguments', async () => {
  const [script, preload, module] = [file('a.mjs'), file('with space/pre.cjs'), file('m.mjs')];
  const args = [
    'a.mjs',
    `--require=${preload}`,
    pathToFileURL(module).href,
    'file:%',
    '-e',
    'x'.repeat(9_000),
    '.',
    '',
  ];
  const sources = await started(args);
  expect(sources.watched).toEqual({ files: [process.execPath, script, preload, module], globs: [] });
  for (const edited of [script, preload, module]) {
    const fresh = await started(args);
    expect(fresh.changed()).toBe(false);
    writeFileSync(edited, `// ${edited}`);
    expect(fresh.changed()).toBe(true);
    expect(await fresh.changedAnywhere()).toBe(true);
  }
});

test('and what its config watches: files that are edited, that come, and that go', async () => {
  const [rates, fees] = [file('data/rates.csv'), file('data/fees.csv')];
  file('data/node_modules/x/y.csv');
  file('data/left-out.csv');
  const watch = ['./data/**/*.csv', '!data/left-out.csv'];
  const sources = await started([], watch);
  expect(new Set(sources.watched.files)).toEqual(new Set([process.execPath, rates, fees]));
  expect(sources.watched.globs).toEqual([join(place().path, 'data/**/*.csv')]);
  expect(await sources.changedAnywhere()).toBe(false);
  const changes = [() => file('data/rates.csv', 'EUR'), () => rmSync(fees), () => file('data/new.csv')];
  for (const change of changes) {
    const fresh = await started([], watch);
    change();
    expect(fresh.changed(), 'what a look at every register would cost').toBe(false);
    expect(await fresh.changedAnywhere()).toBe(true);
  }
});

test('nothing with `watch: false`', async () => {
  const sources = await started([file('a.mjs')], false);
  file('a.mjs', 'edited');
  expect(sources.watched).toEqual({ files: [], globs: [] });
  expect(await sources.changedAnywhere()).toBe(false);
});

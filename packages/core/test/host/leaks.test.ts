// `leaks` of a config, and of its pools.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { poolsOf } from '../../src/host/configure.ts';
import { place } from '../support/pools.ts';

let configs = 0;

async function settingsOf(config: string): Promise<readonly (readonly [string, unknown, string])[]> {
  // A module is loaded once.
  const configFile = join(place().path, `config-${++configs}.mjs`);
  writeFileSync(configFile, `export default ${config};`);
  const made = poolsOf(await loadConfig({ root: place().path, configFile }));
  return made.map(([name, { leaks, diagnostics }]) => [name, leaks, diagnostics] as const);
}

const child = "command: 'node', args: ['x.js']";
const web =
  "command: 'node', args: ['x.js', '{port}'], server: { ready: { port: true }, readyTimeout: 1_000, startTimeout: 1_000, stopSignal: 'SIGTERM' }";

test('that of a pool goes before that of the config; by default it is a warning', async () => {
  expect(await settingsOf(`{ pools: { a: { ${child} }, b: { ${child}, leaks: false } } }`)).toEqual([
    ['a', 'warn', 'warn'],
    ['b', false, 'warn'],
  ]);
  expect(await settingsOf(`{ leaks: 'fail', pools: { a: { ${child} }, b: { ${child}, leaks: 'warn' } } }`)).toEqual([
    ['a', 'fail', 'warn'],
    ['b', 'warn', 'warn'],
  ]);
  const unset = `{ a: { ${child}, leaks: undefined }, web: { ${web}, leaks: undefined } }`;
  expect(await settingsOf(`{ leaks: 'fail', pools: ${unset} }`)).toEqual([
    ['a', 'fail', 'warn'],
    ['web', 'fail', 'fail'],
  ]);
});

test('connections that are left open in a server fail their tests then, unless its `diagnostics` say otherwise', async () => {
  const pools = `{ web: { ${web} }, own: { ${web}, diagnostics: 'event' } }`;
  expect(await settingsOf(`{ leaks: 'fail', pools: ${pools} }`)).toEqual([
    ['web', 'fail', 'fail'],
    ['own', 'fail', 'event'],
  ]);
  expect(await settingsOf(`{ pools: ${pools} }`)).toEqual([
    ['web', 'warn', 'warn'],
    ['own', 'warn', 'event'],
  ]);
});

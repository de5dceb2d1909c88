/** The transcript of pools of this process itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { transcriptFiles } from '../../src/process/run-files.ts';
import { transcriptHeader, transcriptLine } from '../../src/base/transcript.ts';
import { place } from '../support/pools.ts';
import { programPath } from '../support/pools.ts';

const built = new URL('../../dist/index.js', import.meta.url).href;

/** A program of a user: two pools of one name, a session each. */
const source = `
  import { createPool } from ${JSON.stringify(built)};
  class Money { toJSON() { return '5 EUR'; } }
  for (let pools = 0; pools < 2; pools++) {
    await using pool = createPool({ name: 'echoes', command: process.execPath, args: [${JSON.stringify(programPath('echo'))}] });
    const session = await pool.register({ holder: { test: 'in process' } });
    await session.request({ type: 'query', price: new Money(), none: undefined });
    await session.unregister();
  }
`;

function program(variable: string): void {
  const { path } = place();
  execFileSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: path,
    env: { ...process.env, TMPDIR: path, CARPOOL_TRANSCRIPT: variable },
  });
}

test('pools in process have one transcript, in which pools of the same name are told apart', () => {
  program('told');
  const [file = '', ...others] = transcriptFiles(join(place().path, 'told'));
  expect(others).toEqual([]);
  const [first = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(transcriptHeader(first).folder).toBe(place().path);
  const events = lines.map((line, at) => transcriptLine(line, at + 2));
  expect(events.flatMap((event) => (event.e === 'open' ? [[event.s, event.test]] : []))).toEqual([
    ['echoes/s1', 'in process'],
    ['echoes#2/s1', 'in process'],
  ]);
  // As the child reads it.
  expect(events.flatMap((event) => (event.e === 'request' ? [event.m] : []))).toEqual(
    Array.from({ length: 2 }, () => ({ type: 'query', price: '5 EUR' })),
  );
  expect(events.at(-1)).toMatchObject({ e: 'end', dropped: 0 });
});

test('without a word of the environment there is none', () => {
  program('');
  expect(existsSync(join(place().path, 'told'))).toBe(false);
});

/** Which renderer is started, and what the error says if there is none. */
import { posix } from '@carpool/test-harness/programs';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPool } from 'carpool';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { plushie, type PlushieOptions } from '../src/index.ts';
import { standIn } from '../src/stand-in.ts';
import { failure } from './support/failure.ts';
import { closing, place } from './support/place.ts';

const get = 'cargo install plushie-renderer --version 0.7.1 --locked';

beforeEach(() => {
  for (const name of ['PLUSHIE_BINARY_PATH', 'PLUSHIE_RUST_SOURCE_PATH']) vi.stubEnv(name, undefined);
  for (const name of ['HOME', 'CARGO_HOME']) vi.stubEnv(name, place().path);
  vi.stubEnv('PATH', place().path);
});
afterEach(() => void vi.unstubAllEnvs());

async function notStarted(options: PlushieOptions = {}): Promise<string> {
  const renderers = closing(createPool({ name: 'renderer', ...plushie({ cwd: place().path, ...options }) }));
  const { message } = await failure(renderers.register(), 'CHILD_NOT_STARTED');
  expect(renderers.stats()).toMatchObject({ open: 0, pids: [] });
  return message;
}

test('without a renderer the error says where it was looked for, and how to get it', async () => {
  const message = await notStarted();
  expect(message).toContain('the option rendererPath: not set');
  expect(message).toContain('PLUSHIE_BINARY_PATH: not set');
  expect(message).toContain(`plushie-renderer in PATH: ${place().path}`);
  expect(message).toContain(get);
  expect(message).not.toContain('as `command`');
  expect(message).toContain('plushie({ rendererPath })');
});

test('a wrong rendererPath is an error, even if there is a renderer in PATH', async () => {
  symlinkSync(process.execPath, join(place().path, 'plushie-renderer'));
  const message = await notStarted({ rendererPath: '/nowhere/plushie-renderer' });
  expect(message).toContain('looked at the option rendererPath: /nowhere/plushie-renderer');
  expect(message).toContain('Correct rendererPath, or remove it');
});

test('a wrong PLUSHIE_BINARY_PATH is an error too', async () => {
  vi.stubEnv('PLUSHIE_BINARY_PATH', '/nowhere/renderer');
  const message = await notStarted();
  expect(message).toContain('looked at PLUSHIE_BINARY_PATH: /nowhere/renderer');
  expect(message).toContain('Correct PLUSHIE_BINARY_PATH, or remove it');
});

test('the error says that a file is not executable', async () => {
  const file = join(place().path, 'renderer');
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o644);
  expect(await notStarted({ rendererPath: file })).toMatch(/not executable.*chmod \+x/);
});

/** A renderer that writes its environment and its arguments beside itself. */
function recording(folder: string): string {
  const file = join(folder, 'bin', 'plushie-renderer');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const { rendererPath, rendererArgs } = standIn;
  const command = [rendererPath, ...rendererArgs].map((word) => `"${word}"`).join(' ');
  writeFileSync(file, `#!/bin/sh\nexport -p > "$0.env"\necho "$@" > "$0.args"\nexec ${command} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

test.runIf(posix.holds)(
  `a renderer that Plushie put into a folder around the project is found, and gets what the SDKs pass${posix.reason}`,
  async () => {
    const repository = place().path;
    const project = join(repository, 'apps', 'shop');
    mkdirSync(project, { recursive: true });
    mkdirSync(join(repository, '.git'));
    const file = recording(repository);
    vi.stubEnv('PATH', '/usr/bin:/bin');
    for (const name of ['MESA_DEBUG', 'DISPLAY', 'MINE', 'OTHER']) vi.stubEnv(name, `value of ${name}`);
    vi.stubEnv('PLUSHIE_TEST_BACKEND', 'headless');
    const renderers = closing(createPool(plushie({ cwd: project, inheritEnv: ['MINE'], env: { ADDED: 'yes' } })));
    await renderers.start();
    expect(readFileSync(`${file}.args`, 'utf8')).toMatch(/^--headless .*--max-sessions 8$/m);
    const environment = readFileSync(`${file}.env`, 'utf8');
    for (const name of ['MESA_DEBUG', 'MINE', 'ADDED', 'HOME']) expect(environment).toContain(`export ${name}=`);
    for (const name of ['DISPLAY', 'OTHER']) expect(environment).not.toContain(`export ${name}=`);
  },
);

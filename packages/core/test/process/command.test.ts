import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { isCarpoolError } from '../../src/base/errors.ts';
import type { ChildSpec } from '../../src/process/child.ts';
import { resolveCommand } from '../../src/process/command.ts';
import { fingerprint, sameFingerprint } from '../../src/process/files.ts';
import { start } from './cast.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'carpool-command-'));
  return () => rmSync(place, { recursive: true });
});

function file(name: string, text = '#!/bin/sh\n', mode = 0o755): string {
  const path = join(place, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a command means', () => {
  test('the first executable of that name in PATH', () => {
    const [first, second] = [file('a/tool', '#!/bin/sh\n', 0o644), file('b/tool')];
    file('c/tool');
    const path = ['a', 'b', 'c'].map((name) => join(place, name)).join(delimiter);
    expect(resolveCommand('tool', '/', path)).toEqual({
      file: second,
      searched: ['a', 'b', 'c'].map((name) => join(place, name)),
    });
    expect(resolveCommand('tool', '/', join(place, 'a'))).toEqual({ searched: [join(place, 'a')], refused: first });
  });

  test('a file relative to cwd where it has a slash', () => {
    const tool = file('bin/tool');
    expect(resolveCommand('./bin/tool', place, '/nowhere')).toEqual({ file: tool, searched: [] });
    expect(resolveCommand(tool, '/', undefined).file).toBe(tool);
  });

  test('a file of cwd where PATH has an empty entry', () => {
    const tool = file('tool');
    expect(resolveCommand('tool', place, `/nowhere${delimiter}`).file).toBe(tool);
  });

  test('never a directory', () => {
    mkdirSync(join(place, 'tool'));
    expect(resolveCommand('tool', '/', place)).toEqual({ searched: [place], refused: join(place, 'tool') });
  });

  test('nothing for a dangling link', () => {
    symlinkSync(join(place, 'gone'), join(place, 'tool'));
    expect(resolveCommand('tool', '/', place).file).toBeUndefined();
  });
});

test('a rebuilt binary has another fingerprint', () => {
  const tool = file('tool');
  const before = fingerprint(tool);
  expect(sameFingerprint(before, fingerprint(tool))).toBe(true);
  rmSync(tool);
  expect(fingerprint(tool)).toBeUndefined();
  file('tool', '#!/bin/sh\n# rebuilt\n');
  expect(sameFingerprint(before, fingerprint(tool))).toBe(false);
});

async function failure(spec: ChildSpec): Promise<Error> {
  const started: unknown = await start(spec, { pool: 'x' }).catch((error: unknown) => error);
  if (!isCarpoolError(started, 'CHILD_NOT_STARTED'))
    throw new Error('started, or failed otherwise', { cause: started });
  expect(started.context).toMatchObject({ pool: 'x', command: spec.command, cwd: spec.cwd ?? process.cwd() });
  return started;
}

describe('a child that cannot be started says why:', () => {
  test('the command is nowhere in PATH', async () => {
    const error = await failure({ command: 'foo', env: { PATH: `/nowhere${delimiter}${place}` } });
    expect(error.message).toBe(
      `Cannot start the child of pool "x": \`foo\` was not found: looked in /nowhere, ${place}. ` +
        'Install it, or give its path as `command`',
    );
    expect(error).toMatchObject({ context: { path: ['/nowhere', place] } });
  });

  test('the path leads nowhere', async () => {
    const error = await failure({ command: './foo', cwd: place });
    expect(error.message).toContain(`\`./foo\` was not found: looked from ${place}`);
  });

  test('arguments stand in the command', async () => {
    expect((await failure({ command: './foo --stdio', cwd: place })).message).toContain('Arguments belong in `args`');
  });

  test('the working directory does not exist', async () => {
    const cwd = join(place, 'gone');
    const error = await failure({ command: process.execPath, cwd });
    expect(error.message).toContain(`its working directory ${cwd} does not exist`);
  });

  test('the working directory is a file', async () => {
    const cwd = file('plain');
    expect((await failure({ command: process.execPath, cwd })).message).toContain('is not a directory');
  });

  test('the file is not executable', async () => {
    const tool = file('tool', '#!/bin/sh\n', 0o644);
    expect((await failure({ command: tool })).message).toContain(`\`${tool}\` is not executable: ${tool}. Try \`chmod`);
  });

  test('it is a directory', async () => {
    expect((await failure({ command: place })).message).toContain(`\`${place}\` is a directory`);
  });

  test('a script has no `#!` line', async () => {
    const tool = file('tool', 'echo hello\n');
    expect((await failure({ command: tool })).message).toContain('is a text file without a `#!` line');
  });

  test('the file is empty', async () => {
    expect((await failure({ command: file('tool', '') })).message).toContain('is empty');
  });

  test('the interpreter of a script is missing', async () => {
    const tool = file('tool', '#!/nowhere/interpreter -x\n');
    const error = await failure({ command: tool });
    expect(error.message).toContain(`${tool} is there, but its interpreter \`/nowhere/interpreter\` is not`);
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });

  test('the arguments are too long for the system', async () => {
    const error = await failure({ command: process.execPath, args: ['x'.repeat(8 * 1024 * 1024)] });
    expect(error.message).toContain('E2BIG');
  });

  test('an argument holds a NUL byte', async () => {
    expect((await failure({ command: process.execPath, args: ['a\0b'] })).message).toContain('null bytes');
  });
});

test('a pair of descriptors that cannot work is refused', async () => {
  const started = start({ command: process.execPath, stdio: { in: 1, out: 4 } });
  await expect(started).rejects.toThrow('Cannot use `stdio` { in: 1, out: 4 }');
});

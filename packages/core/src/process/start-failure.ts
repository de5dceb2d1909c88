/**
 * Why a child could not be started, as an error. The system says ENOENT for a missing command, a missing working directory
 * and a missing interpreter alike, and glibc runs a text file without `#!` as a shell script; so what can be checked is
 * checked before the start, and the rest follows from the system's answer.
 */
import { CarpoolError } from '../base/errors.ts';
import type { Resolution } from './command.ts';
import { bytesAt, statOf } from './files.ts';

export interface StartAttempt {
  /** For the message only. */
  readonly pool: string | undefined;
  readonly command: string;
  readonly cwd: string;
  readonly resolution: Resolution;
}

/** Finds reasons why the start would fail, or run something else than was meant. */
export function checkBeforeSpawn(attempt: StartAttempt): CarpoolError | undefined {
  const { command, cwd, resolution } = attempt;
  const directory = statOf(cwd);
  if (directory?.isDirectory() !== true) {
    const found = directory === undefined ? 'does not exist' : 'is not a directory';
    return notStarted(attempt, `its working directory ${cwd} ${found}. Create it, or correct \`cwd\``);
  }
  if (resolution.file === undefined) return notFound(attempt);
  if (process.platform === 'win32') return undefined;
  const text = headOf(resolution.file);
  if (text === undefined || text.startsWith('#!')) return undefined;
  const what = text === '' ? 'is empty' : 'is a text file without a `#!` line';
  return notStarted(
    attempt,
    `${quote(command)} ${what}, so the system does not know what runs it (ENOEXEC): ${resolution.file}. ` +
      'Add one, such as `#!/bin/sh`, or give the interpreter as `command`',
  );
}

/** The error for an answer of the system. */
export function reportedFailure(attempt: StartAttempt, error: unknown): CarpoolError {
  const code = codeOf(error);
  const file = attempt.resolution.file ?? attempt.command;
  switch (code) {
    case 'ENOENT': {
      // The file exists, as was checked: what is missing is the program that runs it.
      const interpreter = interpreterOf(file);
      const missing = interpreter === undefined ? 'the loader it was linked for' : `its interpreter \`${interpreter}\``;
      return notStarted(attempt, `${file} is there, but ${missing} is not`, error);
    }
    case 'EACCES':
    case 'EPERM':
      return notStarted(
        attempt,
        `the system refuses to execute ${file} (${code}). ` +
          'Look at its permissions and its interpreter, and whether its file system is mounted noexec',
        error,
      );
    case 'ENOEXEC':
      return notStarted(attempt, `${file} is no program for this system (ENOEXEC). Built for another one?`, error);
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
    case 'ENOMEM':
      return notStarted(attempt, `the system has no room for another process (${code})`, error);
    default:
      return notStarted(attempt, error instanceof Error ? error.message : String(error), error);
  }
}

export function notStarted(attempt: StartAttempt, reason: string, cause?: unknown): CarpoolError {
  const { pool, command, cwd, resolution } = attempt;
  const subject = pool === undefined ? 'the child' : `the child of pool "${pool}"`;
  const context = { pool, command, cwd, path: resolution.searched };
  return new CarpoolError('CHILD_NOT_STARTED', `Cannot start ${subject}: ${reason}`, { context, cause });
}

function notFound(attempt: StartAttempt): CarpoolError {
  const { command, cwd, resolution } = attempt;
  if (resolution.refused !== undefined) {
    const what = statOf(resolution.refused)?.isDirectory() === true ? 'a directory' : 'not executable';
    const remedy = what === 'a directory' ? 'Give the program in it' : `Try \`chmod +x ${resolution.refused}\``;
    return notStarted(attempt, `${quote(command)} is ${what}: ${resolution.refused}. ${remedy}`);
  }
  const { searched } = resolution;
  if (searched.length > 0) {
    const places = searched.join(', ');
    return notStarted(
      attempt,
      `${quote(command)} was not found: looked in ${places}. Install it, or give its path as \`command\``,
    );
  }
  const hint = /^\S+\s+\S/.test(command) ? '. Arguments belong in `args`' : '. A relative path starts from `cwd`';
  return notStarted(attempt, `${quote(command)} was not found: looked from ${cwd}${hint}`);
}

function quote(command: string): string {
  return `\`${command}\``;
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

function interpreterOf(file: string): string | undefined {
  return /^#!\s*(\S+)/.exec(headOf(file) ?? '')?.[1];
}

/** The beginning of a text file; undefined if it is binary, or cannot be read. */
function headOf(file: string): string | undefined {
  try {
    const text = bytesAt(file, 0, 512).toString('latin1');
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

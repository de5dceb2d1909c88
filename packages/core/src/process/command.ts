/**
 * Which file a command means. It is looked up here because the system answers ENOENT to half a dozen different mistakes,
 * and because the pool needs the file: a child is replaced when it was rebuilt.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { statOf } from './files.ts';

const windows = process.platform === 'win32';

/** What the system searches where no PATH is set. */
const defaultPath = windows ? '' : '/usr/bin:/bin';

export interface Resolution {
  /** Absolute path of what will be started; absent: nothing executable was found. */
  readonly file?: string;
  /** Directories that were searched, in order; empty for a command that is a path. */
  readonly searched: readonly string[];
  /** Found under that name, but not an executable file: the first such path. */
  readonly refused?: string;
}

/** Looks for `command` as the system would: a name in the directories of `path`, anything with a slash from `cwd`. */
export function resolveCommand(command: string, cwd: string, path: string | undefined): Resolution {
  const isPath = command.includes('/') || (windows && command.includes('\\'));
  const searched = isPath ? [] : directories(path ?? defaultPath, cwd);
  const bases = isPath ? [resolve(cwd, command)] : searched.map((directory) => join(directory, command));
  let refused: string | undefined;
  for (const candidate of bases.flatMap(withExtensions)) {
    const found = look(candidate);
    if (found === 'executable') return { file: candidate, searched };
    if (found === 'refused') refused ??= candidate;
  }
  return refused === undefined ? { searched } : { searched, refused };
}

function directories(path: string, cwd: string): string[] {
  // An empty entry of PATH means the current directory, to the system as to us.
  const entries = path.split(delimiter).map((entry) => resolve(cwd, entry.replace(/^"(.*)"$/, '$1')));
  return [...new Set(windows ? [cwd, ...entries] : entries)];
}

function withExtensions(base: string): string[] {
  if (!windows) return [base];
  const known = (process.env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';').filter((extension) => extension !== '');
  return [...(/\.\w+$/.test(base) ? [base] : []), ...known.map((extension) => base + extension)];
}

function look(file: string): 'executable' | 'refused' | 'absent' {
  const stats = statOf(file);
  if (stats === undefined) return 'absent';
  if (!stats.isFile()) return 'refused';
  try {
    accessSync(file, constants.X_OK);
    return 'executable';
  } catch {
    return 'refused';
  }
}

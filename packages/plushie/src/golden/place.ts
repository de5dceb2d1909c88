/** Where the golden file of a call is, and the files of its failure. */
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hello } from '../messages.ts';
import type { GoldenCall } from './call.ts';
import { failuresFolder, problemOfName } from './names.ts';
import type { GoldenOptions } from './options.ts';
import type { Runner } from './runner.ts';

/** The paths of one golden file. */
export interface Place {
  /** The golden file, or what stands beside it, by extension. */
  golden(extension: string): string;
  /** A file that shows a failure. */
  failure(part: string, extension: string): string;
  /** The folder of those, if it is beside the golden files; else the runner cleans it. */
  readonly failures: string | undefined;
}

/** The paths of a call, or why there are none. */
export function placeOf(
  { session, name, options }: GoldenCall,
  runner: Pick<Runner, 'file' | 'outputPath'>,
): Place | string {
  const problem = problemOfName(name);
  if (problem !== undefined) return `the name cannot be used: ${problem}`;
  const folder = folderOf(options, runner.file);
  if (folder === undefined) {
    return 'the test file is not known, because no adapter of Carpool runs it; pass it, `file: import.meta.url`';
  }
  const parts = [name];
  const mode = (session.hello as Partial<Hello> | null | undefined)?.mode;
  if (options.mode !== false && typeof mode === 'string') parts.push(mode);
  if (options.platform === true) parts.push(process.platform);
  const stem = parts.join('.');
  const { outputPath } = runner;
  const failures = join(folder, failuresFolder);
  return {
    golden: (extension) => join(folder, `${stem}.${extension}`),
    failure(part, extension) {
      const file = `${stem}-${part}.${extension}`;
      return outputPath === undefined ? join(failures, file) : outputPath(file);
    },
    failures: outputPath === undefined ? failures : undefined,
  };
}

function folderOf({ file, folder }: GoldenOptions, current: string | undefined): string | undefined {
  const own = folder === undefined ? undefined : pathOf(folder);
  if (own !== undefined && isAbsolute(own)) return own;
  const test = file === undefined ? current : pathOf(file);
  if (test === undefined) return undefined;
  return own === undefined ? join(dirname(test), '__goldens__', basename(test)) : resolve(dirname(test), own);
}

function pathOf(place: string | URL): string {
  return place instanceof URL || place.startsWith('file:') ? fileURLToPath(place) : place;
}

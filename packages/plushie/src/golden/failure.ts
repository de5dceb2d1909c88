/** How an assertion fails: with files that show what differs, in the report of the runner too, and how to accept it. */
import { basename } from 'node:path';
import type { CarpoolError } from 'carpool/adapter/realm';
import { errorOf } from './call.ts';
import { save, type GoldenFile } from './golden-file.ts';

/** A file that shows what differs. Playwright's report shows those of such names side by side, if they are pictures. */
export interface FailureFile {
  readonly part: 'expected' | 'actual' | 'diff';
  readonly content: string | Uint8Array;
}

/** How the result differs. */
export interface Difference {
  /** "12 pixels": the rest of a sentence, without a full stop. */
  readonly summary: string;
  /** More lines. */
  readonly details?: readonly string[];
  readonly files: readonly FailureFile[];
  /** Facts for the context of the error. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The result differs from the golden file. */
export async function mismatch(golden: GoldenFile, difference: Difference): Promise<CarpoolError> {
  const { call, kind, runner, path } = golden;
  const { summary, details = [], files, context = {} } = difference;
  const shown = await show(golden, files);
  const command = runner.accept === undefined ? 'the tests with' : `${runner.accept}, or with`;
  const message = [
    `The ${kind.what} ${JSON.stringify(call.name)} differs from its golden file: ${summary}`,
    ...details,
    `  golden file: ${path}`,
    ...shown.lines,
    `To accept it, run ${command} ${kind.variable}=1`,
  ].join('\n');
  return errorOf(call, 'GOLDEN_MISMATCH', message, { context: { golden: path, ...shown.paths, ...context } });
}

/** There is no golden file, and none may be written. */
export async function missing(golden: GoldenFile, actual: FailureFile['content']): Promise<CarpoolError> {
  const { call, kind, path } = golden;
  const shown = await show(golden, [{ part: 'actual', content: actual }]);
  const message = [
    `The ${kind.what} ${JSON.stringify(call.name)} has no golden file, and this run writes none`,
    `  golden file: ${path}`,
    ...shown.lines,
    `Run the test once outside CI, or with ${kind.variable}=1, look at the file, and commit it`,
  ].join('\n');
  return errorOf(call, 'GOLDEN_MISSING', message, { context: { golden: path, ...shown.paths } });
}

interface Shown {
  readonly lines: readonly string[];
  readonly paths: Readonly<Record<string, string>>;
}

/** Writes the files, and adds them to the report of the runner. */
async function show({ kind, place, runner }: GoldenFile, files: readonly FailureFile[]): Promise<Shown> {
  const [extension, contentType] = kind.what === 'tree' ? ['tree.json', 'application/json'] : ['png', 'image/png'];
  const lines: string[] = [];
  const paths: Record<string, string> = {};
  for (const { part, content } of files) {
    const path = place.failure(part, extension);
    const name = part === 'diff' ? 'difference' : part;
    save(path, content);
    paths[name] = path;
    lines.push(`  ${`${name}:`.padEnd(12)} ${path}`);
    try {
      await runner.attach?.({ name: basename(path), path, contentType });
    } catch (thrown) {
      lines.push(`  not in the report: ${String(thrown)}`);
    }
  }
  return { lines, paths };
}

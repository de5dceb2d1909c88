/**
 * The JSON report of Vitest, with what it leaves out: errors outside any test, and why a file failed of which no test did.
 * scripts/summary.mjs reads it.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { JsonReporter, type JsonTestResults, type TestModule } from 'vitest/node';

type Failure = Pick<Error, 'message' | 'stack'>;

const textOf = ({ stack, message }: Failure): string =>
  stack === undefined ? message : stack.includes(message) ? stack : `${message}\n${stack}`;

/** Why a file did not load, and what hooks of it threw. */
const errorsOf = (module: TestModule): readonly Failure[] => [
  ...module.errors(),
  ...[...module.children.allSuites()].flatMap((suite) => suite.errors()),
];

export default class CompleteJsonReporter extends JsonReporter {
  override async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly Failure[] = []): Promise<void> {
    await super.onTestRunEnd(modules);
    const { root, outputFile } = this.ctx.config;
    const file = typeof outputFile === 'string' ? outputFile : outputFile?.json;
    if (file === undefined) throw new Error('This reporter needs `outputFile.json`.');
    const path = resolve(root, file);
    const report = JSON.parse(await readFile(path, 'utf8')) as JsonTestResults;
    await writeFile(
      path,
      JSON.stringify({
        ...report,
        success: report.success && unhandled.length === 0,
        // They are in the order of the modules.
        testResults: report.testResults.map((result, index) => {
          const module = modules[index];
          return { ...result, message: module === undefined ? '' : errorsOf(module).map(textOf).join('\n') };
        }),
        unhandledErrors: unhandled.map(textOf),
      }),
    );
  }
}

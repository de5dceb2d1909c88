/** What Playwright's JSON reporter wrote, flattened: one entry a test and project. */
import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

export interface Attempt {
  readonly status: string;
  readonly workerIndex: number;
  /** Messages of its errors, as reporters print them. */
  readonly messages: readonly string[];
  /** File and line that its first error points at. */
  readonly location: string | undefined;
  /** Attachments in JSON by name. */
  readonly attached: ReadonlyMap<string, unknown>;
  readonly steps: readonly string[];
}

export interface TestResult {
  readonly name: string;
  readonly project: string;
  /** "expected", "unexpected", "flaky", "skipped". */
  readonly verdict: string;
  readonly attempts: readonly Attempt[];
}

export interface Results {
  readonly tests: readonly TestResult[];
  /** Failures that belong to no test. */
  readonly errors: readonly string[];
}

interface JsonError {
  readonly message?: string;
}
interface JsonSuite {
  readonly title: string;
  readonly suites?: readonly JsonSuite[];
  readonly specs: readonly {
    readonly title: string;
    readonly tests: readonly {
      readonly projectName: string;
      readonly status: string;
      readonly results: readonly {
        readonly status: string;
        readonly workerIndex: number;
        readonly errors: readonly JsonError[];
        readonly errorLocation?: { readonly file: string; readonly line: number };
        readonly attachments: readonly {
          readonly name: string;
          readonly contentType: string;
          readonly body?: string;
        }[];
        readonly steps?: readonly { readonly title: string }[];
      }[];
    }[];
  }[];
}

export function readResults(file: string): Results {
  if (!existsSync(file)) return { tests: [], errors: [] };
  const { suites, errors } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly suites: readonly JsonSuite[];
    readonly errors: readonly JsonError[];
  };
  return {
    tests: suites.flatMap(testsIn),
    errors: errors.map(({ message = '' }) => stripVTControlCharacters(message)),
  };
}

function testsIn(suite: JsonSuite): TestResult[] {
  const own = suite.specs.flatMap(({ title, tests }) =>
    tests.map(({ projectName, status, results }) => ({
      name: title,
      project: projectName,
      verdict: status,
      attempts: results.map((result) => ({
        status: result.status,
        workerIndex: result.workerIndex,
        messages: result.errors.map(({ message = '' }) => stripVTControlCharacters(message)),
        location: result.errorLocation && `${result.errorLocation.file}:${result.errorLocation.line}`,
        attached: new Map(
          result.attachments
            .filter(({ contentType, body }) => contentType === 'application/json' && body !== undefined)
            .map(({ name, body = '' }) => [name, JSON.parse(Buffer.from(body, 'base64').toString())]),
        ),
        steps: (result.steps ?? []).map((step) => step.title),
      })),
    })),
  );
  return [...own, ...(suite.suites ?? []).flatMap(testsIn)];
}

/** What the harness needs to know of a runner. */

export interface TestResult {
  readonly file: string;
  /** With the names of the suites around it. */
  readonly name: string;
  /** Without them. */
  readonly title: string;
  /** `passed`, `failed`, or the runner's own word for a test that did not run. */
  readonly status: string;
  readonly messages: readonly string[];
  /** What the test wrote into its `meta`, where the runner has that. */
  readonly meta: Readonly<Record<string, unknown>>;
}

/** A failure that belongs to a file, but to none of its tests. */
export interface FileResult {
  readonly file: string;
  readonly message: string;
}

export interface Results<Test extends TestResult = TestResult> {
  readonly tests: readonly Test[];
  readonly files: readonly FileResult[];
  /** Failures that belong to no file. */
  readonly errors: readonly string[];
}

export interface RunnerFacts<Test extends TestResult = TestResult> {
  /** Projects are laid out in this folder, beside a `node_modules` as users have it. */
  readonly home: string;
  /** Arguments for Node that run this runner with `args` and write its results to the file `results`. */
  command(args: readonly string[], results: string): readonly string[];
  /** Environment variables besides those of every run; `undefined` takes one of those away. */
  env?(results: string): Readonly<Record<string, string | undefined>>;
  /** Reads the text of the file of results. */
  read(json: string): Results<Test>;
  /** What the runner must not print. */
  readonly complaint: RegExp;
  /** Processes (`PID COMMAND`) and files that the runner itself leaves behind, without Carpool too. */
  readonly leaves?: RegExp;
}

/** What a run of Vitest has given, by file. */
/** The part of the report of Vitest's reporter `json` that is read. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** Tests of one file, or of many. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

export interface Failure {
  readonly test: string;
  readonly message: string;
}

export interface RunResult {
  /** By path. */
  readonly files: ReadonlyMap<string, Count>;
  readonly failures: readonly Failure[];
}

/** A file whose tests could not be collected counts as one that has failed. */
export function resultOf({ testResults }: Report): RunResult {
  const files = new Map<string, Count>();
  const failures: Failure[] = [];
  for (const { name, startTime, endTime, message, assertionResults } of testResults) {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const { status, fullName, failureMessages } of assertionResults) {
      count[kindOf(status)] += 1;
      if (status === 'failed') failures.push({ test: `${name}: ${fullName}`, message: failureMessages?.[0] ?? '' });
    }
    if (assertionResults.length === 0) {
      count.failed = 1;
      failures.push({ test: name, message: message ?? '' });
    }
    files.set(name, { ...count, seconds: (endTime - startTime) / 1000 });
  }
  return { files, failures };
}

/** The sum; seconds are those of the whole, as files run at the same time. */
export function total(files: ReadonlyMap<string, Count>, seconds: number): Count {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of files.values()) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped;
  }
  return { ...sum, seconds };
}

function kindOf(status: string): 'passed' | 'failed' | 'skipped' {
  switch (status) {
    case 'passed':
      return 'passed';
    case 'failed':
      return 'failed';
    default:
      return 'skipped';
  }
}

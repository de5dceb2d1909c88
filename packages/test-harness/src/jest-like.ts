/** The JSON that Jest and Vitest write. */
import type { Results } from './runner.ts';

interface JestJson {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
      readonly meta?: Readonly<Record<string, unknown>>;
    }[];
  }[];
}

export function readJestLike(json: string): Results {
  const { testResults } = JSON.parse(json) as JestJson;
  return {
    errors: [],
    files: testResults.map(({ name, message }) => ({ file: name, message })),
    tests: testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ title, fullName, status, failureMessages, meta }) => ({
        file: name,
        name: fullName,
        title,
        status,
        messages: failureMessages ?? [],
        meta: meta ?? {},
      })),
    ),
  };
}

/** The first test of a project, for each runner and language. Pure. */
import type { Dialect } from './dialects.ts';
import type { RunnerName } from './names.ts';

export interface TestKind {
  readonly runner: RunnerName;
  readonly typescript: boolean;
  /** How the test imports the config: './carpool.config.ts'. */
  readonly config: string;
  /** Jest in TypeScript has its types of `expect` from `@jest/globals`, and not from `@types/jest`. */
  readonly globals: boolean;
}

export function firstTest(dialect: Dialect, kind: TestKind): string {
  const { pool, test } = dialect;
  const { runner, typescript } = kind;
  const own = test.imports.map(({ what, from, isDefault }) => {
    const name = isDefault === true ? what : `{ ${what} }`;
    return runner === 'jest' && !typescript ? `const ${name} = require('${from}');` : `import ${name} from '${from}';`;
  });
  const [imports, made, fixtures] = head(kind, own);
  const body = test.body.map((line) => `  ${line}\n`).join('');
  return `${imports.join('\n')}

const test = withPools${made};

test('${test.title}', async ({ ${[pool, ...fixtures].join(', ')} }) => {
${body}});
`;
}

/** Its imports, what follows `withPools`, and fixtures beside the pool. */
function head(
  { runner, typescript, config, globals }: TestKind,
  own: readonly string[],
): readonly [readonly string[], string, readonly string[]] {
  switch (runner) {
    case 'vitest':
      return [
        ["import { withPools } from '@carpool/vitest';", ...own, `import config from '${config}';`],
        '(config)',
        ['expect'],
      ];
    case 'playwright':
      return [
        ["import { expect, withPools } from '@carpool/playwright';", ...own, `import config from '${config}';`],
        '(config)',
        [],
      ];
    case 'jest': {
      if (!typescript) return [["const { withPools } = require('@carpool/jest');", ...own], '()', []];
      const expect = globals ? ["import { expect } from '@jest/globals';"] : [];
      return [
        ["import { withPools } from '@carpool/jest';", ...expect, ...own, `import type config from '${config}';`],
        '<typeof config>()',
        [],
      ];
    }
  }
}

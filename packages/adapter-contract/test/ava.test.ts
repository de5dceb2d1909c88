/** AVA itself is the judge: the same test files under AVA and under each runner, whose test files share a process. */
import { join } from 'node:path';
import { Project, type Outcome, type RunnerFacts } from '@carpool/test-harness';
import { beforeAll, describe, expect, test } from 'vitest';
import { ava } from '../ava-home.ts';
import { jest } from '../runners/jest.ts';
import { playwright } from '../runners/playwright.ts';
import { vitest } from '../runners/vitest.ts';

interface Note {
  readonly event: string;
  readonly [name: string]: unknown;
}

interface Seen {
  readonly outcome: Outcome;
  readonly notes: readonly Note[];
}

interface Contestant {
  readonly name: string;
  readonly facts: RunnerFacts;
  readonly args: readonly string[];
  /** `test.js`: AVA's `test` with the assertion that the files use. */
  readonly test: string;
  readonly files: Readonly<Record<string, string>>;
  readonly sources?: readonly string[];
}

const inputs = join(import.meta.dirname, '../contract/ava');
const assertions = `export default (title, body) => test(title, () => body({ is: (a, b) => expect(a).toBe(b) }));\n`;

const judge: Contestant = {
  name: 'AVA',
  facts: ava,
  args: [],
  test: "export { default } from 'ava';\n",
  files: {},
};

const playwrightConfig = `import { defineConfig } from '@playwright/test';
export default defineConfig({ globalSetup: '@carpool/playwright/global-setup', workers: 1 });
`;

const contestants: readonly Contestant[] = [
  {
    name: 'Vitest without isolation',
    facts: vitest,
    args: ['run'],
    test: `import { expect, test } from 'vitest';\n${assertions}`,
    files: {
      'vitest.config.js': `import { carpool } from '@carpool/vitest/config';
export default { plugins: [carpool()], test: { isolate: false, maxWorkers: 1 } };
`,
    },
  },
  {
    name: 'Jest in band',
    facts: jest,
    args: ['--runInBand'],
    test: assertions,
    files: { 'jest.config.js': "export default { preset: '@carpool/jest', transform: {} };\n" },
  },
  {
    name: 'Playwright with one worker',
    facts: playwright,
    args: ['test', '--reporter=list,json', 'test.js'],
    test: `import { expect, test } from '@carpool/playwright';\n${assertions}`,
    files: { 'playwright.config.js': playwrightConfig },
    sources: [join(inputs, '../ava-playwright')],
  },
];

/** Milliseconds for a run. */
const timeout = 120_000;

function laidOut({ name, facts, test: ownTest, files, sources = [] }: Contestant): Project {
  const project = new Project(facts, `as-${name.split(' ')[0]?.toLowerCase()}`, [inputs, ...sources]);
  project.write('package.json', '{ "private": true, "type": "module", "ava": { "files": ["*.test.js"] } }\n');
  project.write('test.js', ownTest);
  for (const [file, text] of Object.entries(files)) project.write(file, text);
  return project;
}

async function run(contestant: Contestant): Promise<Seen> {
  using project = laidOut(contestant);
  const outcome = await project.run(contestant.args, { timeout });
  return { outcome, notes: project.readLines<Note>('log.jsonl') };
}

/** The notes of an event, in no order. */
function of({ notes }: Seen, ...events: readonly string[]): string[] {
  return notes.filter(({ event }) => events.includes(event)).map((note) => JSON.stringify(note)).toSorted(); // prettier-ignore
}

/** What is meant to differ; docs/parts/ava.md says why. */
const differing = ['blob', 'memory', 'proxy', 'signal', 'view of memory'];

function valuesIn({ notes }: Seen): Map<unknown, unknown> {
  const all = notes.filter(({ event }) => event === 'value');
  return new Map(all.map(({ kind, is }) => [kind, is]));
}

let expected: Seen;

beforeAll(async () => {
  expected = await run(judge);
});

test('AVA fails the run for the shared worker that crashes, and for nothing else', () => {
  expect(expected.outcome.output).toContain('Error in shared worker');
  expect(expected.outcome.output).not.toContain('[fail]');
  expect(expected.outcome.code).toBe(1);
  expect(valuesIn(expected).size).toBeGreaterThan(30);
  const counts = ['torn down', 'joined', 'left', 'gone'].map((event) => of(expected, event).length);
  expect(counts).toEqual([3, 2, 2, 1]);
  expect(of(expected, 'gone')[0]).toContain('The shared worker is no longer available');
});

describe.for(contestants)('$name', (contestant) => {
  let seen: Seen;

  beforeAll(async () => {
    seen = await run(contestant);
  });

  test('passes every test', () => {
    const { tests } = seen.outcome;
    expect(tests.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(tests.length).toBeGreaterThan(9);
  });

  test('fails the run for the shared worker that crashes with nobody looking', () => {
    expect(seen.outcome.code).toBe(1);
    expect(seen.outcome.output).toMatch(/answers\.js#crash crashed: with nobody looking/);
  });

  test('runs each teardown at the end of its own file, once', () => {
    expect(of(seen, 'torn down')).toEqual(of(expected, 'torn down'));
  });

  test('has a test worker for each file that registers, and for no other', () => {
    expect(of(seen, 'joined', 'left')).toEqual(of(expected, 'joined', 'left'));
  });

  test('has the messages of AVA after the end of a shared worker', () => {
    expect(of(seen, 'gone')).toEqual(of(expected, 'gone'));
  });

  test('carries values as AVA does, or refuses them', () => {
    const [own, its] = [valuesIn(seen), valuesIn(expected)];
    const different = [...its.keys()].filter((kind) => own.get(kind) !== its.get(kind));
    expect(new Set(different)).toEqual(new Set(differing));
    expect(differing.filter((kind) => own.get(kind) === 'refused')).toEqual(
      differing.filter((kind) => kind !== 'proxy'),
    );
  });
});

test('Playwright ends red where a top-level `await` gets nothing while it collects', async () => {
  const [, , one] = contestants;
  using project = laidOut(one as Contestant);
  const { code, output } = await project.run(['test', '--reporter=list', 'unanswered'], { timeout });
  expect(code).toBe(1);
  expect(output).toMatch(/Cannot read from the shared worker .*#unanswered here: Playwright only collects the tests/);
});

/** The evidence of a failed test as an attachment, and what each reporter shows of it. */
import { describe, expect, test } from 'vitest';
import { ends, Project, type Major } from './harness.ts';

const reporters = ['default', 'verbose', 'junit', 'json', 'github-actions', './recorder.ts'] as const;

/** One line for each event, in `recorded.jsonl`. */
interface Recorded {
  readonly event: 'annotated' | 'ended';
  readonly name: string;
  readonly annotations: readonly { readonly type: string; readonly message: string; readonly text: string }[];
}

async function printedBy(major: Major, edit?: (project: Project) => void) {
  using project = new Project(major, 'attachment');
  edit?.(project);
  const files = reporters.slice(2, 4).map((name) => `--outputFile.${name}=${name}.out`);
  const { stdout, stderr } = await project.run([...reporters.map((name) => `--reporter=${name}`), ...files]);
  const recorded = project.exists('recorded.jsonl') ? project.readLines<Recorded>('recorded.jsonl') : [];
  return { terminal: stdout + stderr, junit: project.read('junit.out'), json: project.read('json.out'), recorded };
}

const times = (text: string, part: string): number => text.split(part).length - 1;
const line = 'evidence of echo, attached for reports';

describe.for(ends)('Vitest %s', (major) => {
  test('is attached to a test that failed, once, whole, and told as an annotation of its own; the terminal has its line', async () => {
    const { terminal, junit, json, recorded } = await printedBy(major);
    const failing = 'must fail: a reply';
    const ended = recorded.filter(({ event }) => event === 'ended');
    expect(ended.map(({ name, annotations }) => [name, annotations.map(({ type }) => type)])).toEqual([
      [failing, ['carpool']],
      ['passes when it is tried again', []],
      ['must fail: twice', ['carpool']],
    ]);
    expect(recorded.filter(({ event }) => event === 'annotated').map(({ name }) => name)).toEqual([
      failing,
      'must fail: twice',
    ]);

    const [annotation] = ended[0]?.annotations ?? [];
    expect(annotation?.message).toBe(line);
    expect(annotation?.text).toMatch(
      /^── echo, session s\d+ ──\nlast messages:\n.*→ .*said first.*\n.*← .*said first.*\n$/,
    );
    const twice = ended[2]?.annotations[0]?.text ?? '';
    expect(twice).toMatch(/^expected .*attempt 1[^]*→ .*attempt 1[^]*\n\nexpected .*attempt 2[^]*→ .*attempt 2[^]*\n$/);

    expect(junit).toContain(`<property name="carpool" value="${line}">`);
    expect(times(junit, '→ {type: &quot;set&quot;, value: &quot;said first&quot;}')).toBe(1);
    // Three reporters print there, each of them the error with its evidence, and the line.
    expect(times(terminal, '→ {type: "set", value: "said first"}')).toBe(3);
    expect(terminal).toContain(`❯ carpool\n   ↳ ${line}\n`);
    expect(JSON.parse(json)).toMatchObject({
      testResults: [
        { assertionResults: [{ title: failing, meta: { carpool: [{ pool: 'echo', error: 0 }] } }, {}, {}] },
      ],
    });
  });

  test('is not where evidence is turned off', async () => {
    const { terminal, junit, json, recorded } = await printedBy(major, (project) =>
      project.edit('vitest.config.ts', 'carpool()', 'carpool({ evidence: false })'),
    );
    expect(recorded.map(({ event, annotations }) => [event, annotations])).toEqual([
      ['ended', []],
      ['ended', []],
      ['ended', []],
    ]);
    expect(terminal + junit).not.toContain(line);
    expect(json).not.toContain('"carpool"');
  });
});

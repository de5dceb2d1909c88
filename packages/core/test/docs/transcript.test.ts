/** docs/transcript.md against the code: its lines are lines, its values are values, and no kind of them is missing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordedValue, recordValue, type Recorded } from '../../src/base/transcript-value.ts';
import {
  transcriptHeader,
  transcriptLine,
  transcriptVersion,
  type TranscriptEnd,
  type TranscriptEvent,
} from '../../src/base/transcript.ts';
import { eventText, headerText } from '../../src/cli/transcript/text.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/transcript.md'), 'utf8');

/** Of a line, the names of its fields beside `t` and `s`; one that may be absent ends with a question mark. */
type Fields<E extends string> = E extends unknown
  ? Exclude<
      keyof {
        readonly [Name in keyof LineOf<E> & string as {} extends Pick<LineOf<E>, Name> ? `${Name}?` : Name]: 0;
      },
      't' | 's' | 'e'
    >
  : never;
type Line = TranscriptEvent | TranscriptEnd;
type LineOf<E extends string> = Extract<Line, { readonly e: E | Line['e'] }> & { readonly e: E };

const message = ['n?', 'm', 'in?'] as const;
const kinds: { readonly [E in Line['e']]: readonly string[] } = {
  open: [
    'pool',
    'protocol',
    'test?',
    'file?',
    'takenAt?',
    'shard?',
    'child?',
    'params?',
    'hello?',
    'warm?',
    'run?',
  ] satisfies Fields<'open'>[],
  taken: ['test?', 'file?', 'takenAt?', 'shard?', 'run?'] satisfies Fields<'taken'>[],
  opened: ['id', 'opened?'] satisfies Fields<'opened'>[],
  send: message,
  request: message,
  answer: message,
  reply: message,
  step: message,
  refusal: ['n?', 'm', 'in?', 'code?', 'message?'] satisfies Fields<'refusal'>[],
  event: message,
  ask: message,
  lost: message,
  cancel: ['n'] satisfies Fields<'cancel'>[],
  refuse: ['n', 'reason'] satisfies Fields<'refuse'>[],
  close: ['by', 'reason', 'code?', 'message?'] satisfies Fields<'close'>[],
  closed: ['unconfirmed?', 'failed?', 'dropped?'] satisfies Fields<'closed'>[],
  failed: [],
  end: ['dropped'] satisfies Fields<'end'>[],
};

function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

test('the table of the lines has every kind and every field', () => {
  const rows = page.split('\n').flatMap((line) => {
    const [, names = '', fields = ''] = /^\| (`[a-z`, ]+`) +\| ([^|]+)\|/.exec(line) ?? [];
    return codeIn(names).map((name) => [name, codeIn(fields)] as const);
  });
  expect(Object.fromEntries(rows.filter(([name]) => Object.hasOwn(kinds, name)))).toEqual(kinds);
});

test('the example of the format is a transcript, of this version', () => {
  const [, example = ''] = /```json\n([^]*?)```/.exec(page) ?? [];
  const [first = '', ...lines] = example.trimEnd().split('\n');
  expect(transcriptHeader(first).carpoolTranscript).toBe(transcriptVersion);
  expect(headerText(transcriptHeader(first))).toBe(
    'transcript of a run of vitest in /code/web, 2026-11-29 08:00:00 UTC, process 4711',
  );
  const texts = lines.map((line, at) => eventText(transcriptLine(line, at + 2)));
  expect(texts[0]).toContain('opens, of "cart › adds a row" (/code/web/cart.test.ts:14:3), on child 4822');
  expect(texts).not.toContain(undefined);
  // The same run, as `--text` shows it.
  const shown = new Set(page.split('\n').map((line) => line.trim()));
  for (const text of texts.filter((line) => line?.includes('picture') === false)) expect(shown).toContain(text?.trim());
});

test('the values of the table are read, and written like that', () => {
  const [, table = ''] = /### Values\n([^]*)$/.exec(page) ?? [];
  const values = codeIn(table).filter((code) => code.startsWith('{'));
  expect(values).toHaveLength(10);
  for (const code of values) {
    const recorded = JSON.parse(code) as Recorded;
    expect(recordValue(recordedValue(recorded))).toEqual(recorded);
  }
});

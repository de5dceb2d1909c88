/** What a runner printed of each failure, in a form that is the same in every run. */
import { failures } from './failures.ts';

/** Name of a failure → text. */
export type Excerpts = Readonly<Record<string, string>>;

/** A title, and all that follows until the next one. */
interface Layout {
  readonly begin: (title: string) => RegExp;
  readonly end: RegExp;
}

const layouts: Readonly<Record<string, Layout>> = {
  Vitest: { begin: (title) => new RegExp(`^ FAIL .* > ${title}$`, 'm'), end: /^⎯+(?:\[\d+\/\d+\]⎯)?$/m },
  Jest: { begin: (title) => new RegExp(`^  ● ${title}$`, 'm'), end: /^(?:  ● |PASS |FAIL |Test Suites:)/m },
  'Playwright Test': {
    begin: (title) => new RegExp(`^  \\d+\\) .* › ${title} ─+$`, 'm'),
    end: /^(?:  \d+\) |  \d+ failed$)/m,
  },
};

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * What differs from run to run and from machine to machine, and what stands for it. All else is compared as it is.
 *
 * @param folder - of the project
 */
const rules = (folder: string): readonly (readonly [RegExp, string])[] => [
  [/[ \t]+$/gm, ''],
  // Where the project is, and its packages beside it.
  [new RegExp(escaped(folder), 'g'), '/home/ada/shop'],
  [/\.\.\/node_modules\//g, 'node_modules/'],
  // Times that were measured. Deadlines stay as they are: "within 1000 ms", "(instead of 60000 ms)".
  [/\b\d+ ms (ago|after its start)/g, '… ms $1'],
  [/\bfor \d+ ms\b/g, 'for … ms'],
  // Of the Node that runs the service: its version, and lines of its own files.
  [/^(.*)Node\.js v\d+\.\d+\.\d+$/gm, '$1Node.js v24.0.0'],
  [/\((node:[\w/]+):\d+:\d+\)/g, '($1)'],
  // The number of a failure in a list, which is in the order in which workers have ended.
  [/^ {2}\d+\) /gm, '  1) '],
];

/** Exported for its test. */
export function stable(text: string, folder: string): string {
  return rules(folder).reduce((result, [from, to]) => result.replace(from, to), text);
}

/** @throws if the runner has printed nothing of a failure */
export function excerpts(runner: string, printed: string, folder: string): Excerpts {
  // Carpool's own lines come when something happens to a child, wherever the runner is.
  const output = printed.replaceAll(/^carpool: .*\n/gm, '');
  const layout = layouts[runner];
  if (layout === undefined) throw new Error(`It is not known how ${runner} prints failures`);
  return Object.fromEntries(
    failures.map(({ name, test }) => {
      const begin = layout.begin(escaped(test)).exec(output);
      if (begin === null) throw new Error(`${runner} has not printed "${test}":\n${output}`);
      const rest = output.slice(begin.index + begin[0].length);
      const text = begin[0] + rest.slice(0, layout.end.exec(rest)?.index ?? rest.length);
      return [name, stable(text, folder).trimEnd()];
    }),
  );
}

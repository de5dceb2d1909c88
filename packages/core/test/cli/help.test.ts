/** What `carpool help` shows of all subcommands, and that docs/command.md has it. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { carpool } from './carpool.ts';

const page = readFileSync(new URL('../../../../docs/command.md', import.meta.url), 'utf8');

/** The lines of options of each subcommand, by its name. */
const options = new Map<string, readonly string[]>();

beforeAll(async () => {
  const { stdout } = await carpool('complete', '--', '');
  const names = Array.from(stdout.matchAll(/^([a-z]+)\t/gm), ([, name = '']) => name).filter((name) => name !== 'help');
  await Promise.all(
    names.map(async (name) => {
      const help = await carpool(name, '--help');
      // A description goes on in lines that begin further to the right.
      options.set(name, help.stdout.replaceAll(/\n {5,}(?! *-)/g, ' ').match(/^ {2}-.*$/gm) ?? []);
    }),
  );
});

test('a default is shown as it is typed', async () => {
  expect(options.size).toBeGreaterThan(10);
  const timeouts = [...options].flatMap(([name, lines]) =>
    lines.filter((line) => line.includes(' --timeout <')).map((line) => [name, line.slice(line.lastIndexOf('('))]),
  );
  expect(Object.fromEntries(timeouts)).toEqual({
    stop: '(default: 25s)',
    replay: '(default: 30s)',
    measure: '(default: 30s)',
  });
});

test.for([
  ['stop', '4711'],
  ['replay', 'nothing.jsonl'],
  ['measure', '--', 'true'],
] as const)('a time without a unit is refused alike: %j', async ([name, ...args]) => {
  const { code, stderr } = await carpool(name, '--timeout', '25000', ...args);
  expect(stderr).toContain(
    "option '--timeout <time>' argument '25000' is invalid. It must be a time, such as 30s, 10m",
  );
  expect(code).toBe(1);
});

test('no option takes the words behind its value', () => {
  expect([...options.values()].flat().filter((line) => /^ {2}(-\w, )?--[\w-]+ [<[][^>\]]*\.\.\./.test(line))).toEqual(
    [],
  );
});

test('each short option is in the table of the page, with its subcommands', () => {
  const found = [...options].flatMap(([name, lines]) =>
    lines.flatMap((line) => {
      const [, short, long] = /^ {2}(-\w), (--[a-z-]+)/.exec(line) ?? [];
      return short === undefined || short === '-h' ? [] : `${short} ${long}: ${name}`;
    }),
  );
  const rows = Array.from(page.matchAll(/^\| `(-\w)` +\| `(--[a-z-]+)` +\| (.*?) *\|$/gm));
  const told = rows.flatMap(([, short, long, names = '']) =>
    Array.from(names.matchAll(/`([a-z]+)`/g), ([, name]) => `${short} ${long}: ${name}`),
  );
  expect(told.toSorted()).toEqual(found.toSorted());
});

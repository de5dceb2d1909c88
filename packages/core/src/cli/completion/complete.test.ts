import { Argument, Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { complete } from './complete.ts';
import { RepeatableOption } from './repeatable-option.ts';

function program(): Command {
  const all = new Command('tool').version('1').enablePositionalOptions();
  all
    .command('make')
    .alias('mk')
    .description('makes one')
    .addOption(new RepeatableOption('-k, --kind <name>', 'which', ['one', 'other']))
    .option('-c, --config <file>', 'its file')
    .option('--color [when]', 'in colours')
    .option('-f, --force', 'also again')
    .option('--files <number>', 'how many')
    .addOption(new Option('--hidden').hideHelp())
    .argument('[pool]', 'of the config')
    .addArgument(new Argument('[speed]').choices(['fast', 'slow']));
  all.command('run').option('--bail').argument('<command...>').passThroughOptions();
  all.command('secret', { hidden: true });
  return all;
}

const namesOf = (what: string) => Promise.resolve(what === 'pool' ? [{ value: 'db' }, { value: 'web' }] : []);

/** @param line with its last word after the last blank */
async function at(line: string): Promise<string> {
  const { candidates, others } = await complete(program(), line.split(' '), namesOf);
  return [...candidates.map(({ value }) => value), ...(others === 'none' ? [] : [`+${others}`])].join(' ');
}

test.for([
  ['', 'make run help'],
  ['m', 'make'],
  ['x', ''],
  ['-', '--version --help'],
  ['make ', 'db web'],
  ['mk d', 'db'],
  ['make db ', 'fast slow'],
  ['make db fast ', ''],
  ['make --', '--kind --config --color --force --files --help'],
  ['make -f', '-f'],
  ['make --force -', '--kind --config --color --files --help'],
  ['make --force -- --', ''],
  ['make -- ', 'db web'],
  ['make --kind ', 'one other'],
  ['make --kind=ot', '--kind=other'],
  ['make -k one ', 'db web'],
  ['make -k one -k ', 'one other'],
  ['make -k one --kin', '--kind'],
  ['make --config ', '+files'],
  ['make --files ', ''],
  ['make --config -', '+files'],
  ['make --config=', '+files'],
  ['make --config x ', 'db web'],
  ['make --config=x ', 'db web'],
  ['make --color -', '--kind --config --force --files --help'],
  ['make --unknown ', 'db web'],
  ['make --force=x', ''],
  ['run -', '--bail --help'],
  ['run ', '+commands'],
  ['run --bail -- ', '+commands'],
  ['run -- x ', '+files'],
  ['run x --bail', '+files'],
  ['help ', 'make run help'],
  ['help ma', 'make'],
  ['secret ', ''],
  ['nothing ', ''],
] as const)('"%s": %s', async ([line, expected]) => {
  expect(await at(line)).toBe(expected);
});

test('each has its description', async () => {
  const { candidates } = await complete(program(), ['ma'], namesOf);
  expect(candidates).toEqual([{ value: 'make', description: 'makes one' }]);
});

/**
 * What may stand in the place of a word of the command line: from the subcommands, options, arguments and choices that
 * commander knows. Pure.
 */
import type { Argument, Command, Option } from 'commander';
import { RepeatableOption } from './repeatable-option.ts';

/** One of them. */
export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

/** What the shell adds of its own: nothing, files, or on top of those programs. */
export type Others = 'none' | 'files' | 'commands';

export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly others: Others;
}

/** Names that the command line does not know. @param what an option or an argument, such as "--pool" or "run" */
export type NamesOf = (what: string) => Promise<readonly Candidate[]>;

/** Where the words before have led to. */
interface Place {
  readonly command: Command;
  /** How many arguments of it there were. */
  readonly operands: number;
  /** The option whose value comes now. */
  readonly option: Option | undefined;
  /** It has no value yet, so that what comes is one, whatever it looks like. */
  readonly mustCome: boolean;
  /** No option comes any more. */
  readonly plain: boolean;
  readonly given: ReadonlySet<Option>;
}

/**
 * @param program with all of its subcommands
 * @param words after its name; the last is the one that is being written, and may be empty
 */
export async function complete(program: Command, words: readonly string[], namesOf: NamesOf): Promise<Completion> {
  const word = words.at(-1) ?? '';
  const place = placeAfter(program, words.slice(0, -1));
  const [, name = '', value = ''] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const assigned = place.plain ? undefined : optionNamed(place.command, name);
  if (assigned !== undefined && takesValue(assigned)) {
    const { candidates, others } = startingWith(value, await valuesOf(assigned, namesOf));
    return { candidates: candidates.map((one) => ({ ...one, value: `${name}=${one.value}` })), others };
  }
  if (place.option !== undefined && (place.mustCome || !word.startsWith('-')))
    return startingWith(word, await valuesOf(place.option, namesOf));
  if (!place.plain && word.startsWith('-')) return { candidates: optionsOf(place, word), others: 'none' };
  return startingWith(word, await operandsOf(place, namesOf));
}

function startingWith(beginning: string, { candidates, others }: Completion): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(beginning)), others };
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let operands = 0;
  let option: Option | undefined;
  let mustCome = false;
  let plain = false;
  let given = new Set<Option>();
  for (const word of words) {
    if (option !== undefined && (mustCome || !word.startsWith('-'))) {
      option = undefined;
      mustCome = false;
      continue;
    }
    option = undefined;
    if (!plain && word === '--') plain = true;
    else if (!plain && word.startsWith('-') && word !== '-') {
      const [name = ''] = word.split('=', 1);
      const found = optionNamed(command, name);
      if (found === undefined) continue;
      given.add(found);
      if (takesValue(found) && name === word) [option, mustCome] = [found, found.required];
    } else {
      const next = operands === 0 && !plain ? subcommandNamed(command, word) : undefined;
      if (next !== undefined) {
        // What comes after `help` is the name of another subcommand.
        if (next.name() !== 'help') [command, operands, given] = [next, 0, new Set()];
        continue;
      }
      operands++;
      // The rest is that of the command which the first argument names.
      if (takesCommand(command)) plain = true;
    }
  }
  return { command, operands, option, mustCome, plain, given };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** `run` and `measure`: what stands behind their options is the line of another command. */
function takesCommand({ registeredArguments: [first] }: Command): boolean {
  return first?.variadic === true && first.name() === 'command';
}

function optionNamed(command: Command, name: string): Option | undefined {
  return visibleOptions(command).find(({ short, long }) => name !== '' && (long === name || short === name));
}

function visibleOptions(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function subcommands(command: Command): readonly Command[] {
  return command.createHelp().visibleCommands(command);
}

function subcommandNamed(command: Command, name: string): Command | undefined {
  return subcommands(command).find((one) => one.name() === name || one.aliases().includes(name));
}

/** Each once: an option is given again where it may have several values. */
function optionsOf({ command, given }: Place, word: string): readonly Candidate[] {
  return visibleOptions(command)
    .filter((option) => option instanceof RepeatableOption || !given.has(option))
    .flatMap(({ long, short, description }) => {
      const name = [long, short].find((one) => one?.startsWith(word));
      return name === undefined ? [] : { value: name, description };
    });
}

async function operandsOf({ command, operands, plain }: Place, namesOf: NamesOf): Promise<Completion> {
  if (takesCommand(command)) return { candidates: [], others: operands === 0 ? 'commands' : 'files' };
  const all = subcommands(command);
  if (all.length > 0) {
    if (operands > 0 || plain) return { candidates: [], others: 'none' };
    return { candidates: all.map((one) => ({ value: one.name(), description: one.description() })), others: 'none' };
  }
  const { registeredArguments: known } = command;
  const argument = known[operands] ?? (known.at(-1)?.variadic === true ? known.at(-1) : undefined);
  if (argument === undefined) return { candidates: [], others: 'none' };
  return await valuesOf(argument, namesOf);
}

/** Files stand where the help shows `<file>`, or `[files...]`. */
async function valuesOf(of: Argument | Option, namesOf: NamesOf): Promise<Completion> {
  if (of.argChoices !== undefined) return { candidates: of.argChoices.map((value) => ({ value })), others: 'none' };
  const [name, shown] =
    'flags' in of ? [of.long ?? '', /[<[]([\w-]+)/.exec(of.flags)?.[1] ?? ''] : [of.name(), of.name()];
  return { candidates: await namesOf(name), others: /^files?$/.test(shown) ? 'files' : 'none' };
}

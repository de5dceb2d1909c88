/** `carpool completion SHELL`, and `carpool complete`, which the script of it asks at each Tab. */
import type { Command } from 'commander';
import { complete } from './completion/complete.ts';
import { namesOf } from './completion/names.ts';
import { scripts, type Shell } from './completion/scripts.ts';

/** Prints the script. */
export function completion(shell: Shell): void {
  process.stdout.write(scripts[shell]);
}

/** Prints what may stand in the place of the last word. @param words after the name of the program */
export async function answer(program: Command, words: readonly string[]): Promise<void> {
  const { candidates, others } = await complete(program, words, namesOf);
  const lines = candidates.map(({ value, description = '' }) =>
    // A newline, or a tab, in a name or a path would look like another candidate.
    /[\n\t]/.test(value) ? [] : [`${value}\t${description.replaceAll(/\s+/g, ' ')}`],
  );
  process.stdout.write([others, ...lines.flat(), ''].join('\n'));
}

/** The names and options of the subcommands that complete the others. */
import { Argument, type Command } from 'commander';
import { shells, type Shell } from './completion/scripts.ts';

/** `completion`, and what its script asks at each Tab. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print the script that completes the subcommands, options and names of carpool in a shell')
    .addArgument(new Argument('<shell>', 'whose script').choices(shells))
    .action(async (shell: Shell) => {
      const { completion } = await import('./completion.ts');
      completion(shell);
    });

  program
    .command('complete', { hidden: true })
    .argument('[words...]', 'of the command line, after --')
    .action(async (words: string[]) => {
      const { answer } = await import('./completion.ts');
      await answer(program, words);
    });
}

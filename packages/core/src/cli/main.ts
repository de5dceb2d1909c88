#!/usr/bin/env node
/** The `carpool` command. One file for each subcommand; this one has their names and options. */
import { Command } from 'commander';
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { version } from '../base/version.ts';
import { check } from './check.ts';
import { run } from './run.ts';

const program = new Command('carpool')
  .description('One process, many tests: share an expensive process with every test of a run.')
  .version(version)
  // So that the options after `run` and its command are the command's own.
  .enablePositionalOptions();

program
  .command('run')
  .description(
    'start a host, run a command with it, stop it: runners inside join that host instead of starting one each',
  )
  .option('-c, --config <file>', 'config file, instead of the nearest carpool.config.*')
  .argument('<command...>', 'what to run, after --')
  .passThroughOptions()
  .action(async (command: string[], options: { config?: string }) => {
    process.exitCode = await run(command, options);
  });

program
  .command('check')
  .description('load the config, start every child and shared worker once, open and close a session on each child')
  .option('-c, --config <file>', 'config file, instead of the nearest carpool.config.*')
  .action(async (options: { config?: string }) => {
    process.exitCode = await check(options);
  });

try {
  if (!('withResolvers' in Promise))
    throw new CarpoolError('CONFIG_INVALID', `Node ${process.versions.node} is too old: 22.12 or newer is needed`);
  await program.parseAsync();
} catch (thrown) {
  // An error of Carpool is one sentence; only an unknown one needs its stack.
  console.error(isCarpoolError(thrown) ? `carpool: ${thrown.message} [${thrown.code}]` : thrown);
  process.exitCode = 1;
}

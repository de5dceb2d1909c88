/** The names and options of the subcommands of a host of the machine. */
import type { Command } from 'commander';
import type { AddressOptions } from './address.ts';
import { bytesOf, durationOf, hostOf, placeOf, positiveInteger, timeOf } from './options.ts';
import type { ServeOptions } from './serve.ts';

/** `serve` and `address`. */
export function addMachineCommands(program: Command): void {
  program
    .command('serve')
    .description(
      "start the host of this machine, which all runs with host: 'machine' share, and print each run that comes and goes",
    )
    .option('-d, --detach', 'leave it running, with its log in its folder')
    .option(
      '--idle <time>',
      'end it after so long without a run, such as 30s, 10m or 2h, or never; default: 10m, with --listen never',
      durationOf,
    )
    .option('--max-children <number>', 'children at once, of all runs', positiveInteger)
    .option('--max-memory <size>', 'start no other child while those that run take so much: 512M, 4G', bytesOf)
    .option('--listen <host:port>', 'serve the pools of this folder to other machines, too, by TLS', placeOf)
    .option('--name <host>', 'with --listen: what other machines call this one', hostOf)
    .option('-c, --config <file>', 'with --listen: config file, instead of the nearest carpool.config.*')
    .option(
      '--leave <time>',
      'with --listen: at the first Ctrl-C or SIGTERM, wait so long for sessions of other hosts, such as 30s, 10m or 2h, or never; default: 60s',
      durationOf,
    )
    .action(async (options: ServeOptions) => {
      const { serve } = await import('./serve.ts');
      process.exitCode = await serve(options);
    });

  program
    .command('address')
    .description(
      'print another address of the host of this machine, for other machines, a bare line for CARPOOL_ADDRESS="$(carpool address --for ci)"; or take addresses back',
    )
    .option('--for <name>', 'for whom it is: `carpool ps` shows it')
    .option('--expires <time>', 'after which it opens no more connections, such as 30m or 8h, or never', timeOf)
    .option('--revoke <name>', 'end those that were given to this name, and the connections with them')
    .action(async (options: AddressOptions) => {
      const { address } = await import('./address.ts');
      process.exitCode = await address(options);
    });
}

/**
 * The `carpool` command. One file for each subcommand, loaded by it alone; this one has their names and options. What starts a
 * pool takes longer to load than `carpool stop` takes for an idle host.
 */
import { Command, Option } from 'commander';
import { isCarpoolError, type CarpoolError } from '../base/errors.ts';
import { version } from '../base/version.ts';
import type { CheckOptions } from './check.ts';
import { RepeatableOption } from './completion/repeatable-option.ts';
import { addCompletion } from './completion-commands.ts';
import type { DoctorOptions } from './doctor.ts';
import type { InitOptions } from './init.ts';
import { dialectNames, runnerNames } from './init/names.ts';
import { addMachineCommands } from './machine-commands.ts';
import type { MeasureOptions } from './measure.ts';
import { jsonOf, positiveInteger, regularExpression, shardCount, timeoutOption } from './options.ts';
import type { PsOptions } from './ps.ts';
import type { ReplayCommandOptions } from './replay.ts';
import type { ReportOptions } from './report.ts';
import { runFault } from './run/plan.ts';
import { stopTimeout } from './stop/limit.ts';
import type { RunOptions } from './run/types.ts';
import type { StopOptions } from './stop.ts';
import type { TailOptions } from './tail.ts';
import type { TranscriptOptions } from './transcript.ts';
import type { WatchOptions } from './watch.ts';

const hostHelp =
  'the pid of a host or of a runner, or the id of a run, as `carpool ps` shows them; default: the only one of this project, or the only one that runs';

const program = new Command('carpool')
  .description('One process, many tests: share an expensive process with every test of a run.')
  .version(version)
  // So that the options after `run` and its command are the command's own.
  .enablePositionalOptions();

program
  .command('init')
  .description('add Carpool to the project in this folder: show what would change, ask, and write it')
  .addOption(
    new RepeatableOption(
      '-r, --runner <name>',
      'whose config is edited; default: those that the project has',
      runnerNames,
    ),
  )
  .addOption(new Option('-d, --dialect <name>', 'what the tests share').choices(dialectNames))
  .option('-y, --yes', 'write without asking')
  .option('--dry-run', 'show what would change, and write nothing')
  .option('--no-install', 'do not run the package manager: say its command')
  .option('--no-test', 'write no first test')
  .action(async (options: Omit<InitOptions, 'test'> & { test: boolean }) => {
    const { init } = await import('./init.ts');
    const { test, ...rest } = options;
    process.exitCode = await init(test ? rest : { ...rest, test });
  });

program
  .command('run')
  .description(
    'start a host, run a command with it, stop it: runners inside join that host instead of starting one each',
  )
  .option('-c, --config <file>', 'config file, instead of the nearest carpool.config.*')
  .option(
    '--shards <number>',
    'start the command so often, or `auto`: once for each processor; {i} in it is the number of the shard, {n} how many there are',
    shardCount,
  )
  .option(
    '--concurrency <number>',
    'of the shards, how many run at a time; default: as many as processors',
    positiveInteger,
  )
  .option('--group', 'print what each shard has printed as a whole, when it has ended')
  .option('--no-prefix', 'print the lines of the shards without their numbers, for programs that read them')
  .option('--bail', 'end all shards when the first has failed')
  .argument('<command...>', 'what to run, after --')
  .passThroughOptions()
  .action(async (command: string[], options: RunOptions, self: Command) => {
    const fault = runFault(command, options);
    if (fault !== undefined) self.error(`error: ${fault}`);
    const { run } = await import('./run.ts');
    process.exitCode = await run(command, options);
  });

program
  .command('check')
  .description('load the config, start every child and shared worker once, open and close a session on each child')
  .argument('[pool]', 'the name of one pool; default: all of them, and the shared workers')
  .option('-c, --config <file>', 'config file, instead of the nearest carpool.config.*')
  .option('-p, --params <json>', 'what the `open` of the pool gets as `params`, as JSON', jsonOf)
  .action(async (pool: string | undefined, options: CheckOptions, self: Command) => {
    if (pool === undefined && options.params !== undefined)
      self.error('error: --params are those of one pool: carpool check POOL --params JSON');
    const { check } = await import('./check.ts');
    process.exitCode = await check(pool, options);
  });

addMachineCommands(program);

program
  .command('ps')
  .description('list the hosts of this user: their runs, children, sessions, leases, and what waits for them')
  .option('-a, --all', 'all sessions, leases and waits, and not the first 5 of each')
  .option('--json', 'print one JSON object, in milliseconds and bytes')
  .action(async (options: PsOptions) => {
    const { ps } = await import('./ps.ts');
    process.exitCode = await ps(options);
  });

program
  .command('tail')
  .description('print the messages of sessions as they pass, without the secrets in them')
  .argument(
    '[target]',
    'the id of a session, as `carpool ps` shows it, or part of the name or file of a test; default: all',
  )
  .option('-p, --pool <name>', 'sessions of this pool alone')
  .option('-w, --wait', 'where no session is meant, wait for one')
  .option('--whole', 'up to 16,384 characters of each message, and not 200')
  .option('--host <host>', hostHelp)
  .option('--json', 'print one JSON object a line')
  .action(async (target: string | undefined, options: TailOptions) => {
    const { tail } = await import('./tail.ts');
    process.exitCode = await tail(target, options);
  });

program
  .command('watch')
  .description(
    'show what a host does, in this terminal or as a page: sessions with their tests and messages, children, queues, locks',
  )
  .option('--host <host>', hostHelp)
  .option('--web', 'as a page for browsers of this machine, whose address is printed')
  .option('--open', 'as --web, and open it')
  .action(async (options: WatchOptions) => {
    const { watch } = await import('./watch.ts');
    process.exitCode = await watch(options);
  });

program
  .command('stop')
  .description('end the host of this machine, or what is named, with all that it serves')
  .argument('[run]', 'the pid of a host or of a runner, or the id of a run, as `carpool ps` shows them')
  .option('-a, --all', 'end every host of this user')
  .addOption(timeoutOption('kill what has not ended by then, such as 30s, 10m or 2h, or never', stopTimeout))
  .action(async (target: string | undefined, options: StopOptions) => {
    const { stop } = await import('./stop.ts');
    process.exitCode = await stop(target, options);
  });

program
  .command('doctor')
  .description(
    'look at versions, the config, its programs, the temporary folder, hosts, and what killed hosts have left',
  )
  .option('-c, --config <file>', 'config file, instead of the nearest carpool.config.*')
  .option('--sweep', 'remove what killed hosts have left, and end what they had started')
  .option('--json', 'print one JSON object')
  .action(async (options: DoctorOptions) => {
    const { doctor } = await import('./doctor.ts');
    process.exitCode = await doctor(options);
  });

program
  .command('report')
  .description(
    'say what the last run of this project has waited for, and what sharing has saved; as a page with --html',
  )
  .argument('[files...]', 'the timelines of other runs, as --list names them: several are one report')
  .option(
    '--html [file]',
    'write one page, which needs nothing else, and print its path; default: report.html beside the runs',
  )
  .option('--no-messages', 'leave the messages of sessions out of the page, also where a transcript was kept')
  .option('--open', 'open the page in the browser')
  .option('--json', 'print one JSON object, in milliseconds')
  .option('--trace <file>', 'write a trace for ui.perfetto.dev')
  .option('-l, --list', 'print the paths of the runs that are kept, the last one first')
  .action(async (files: string[], options: ReportOptions) => {
    const { report } = await import('./report.ts');
    process.exitCode = await report(files, options);
  });

program
  .command('transcript')
  .description('print what the sessions of the last run have said, or those of one test, as JSON lines')
  .argument(
    '[file]',
    'another transcript, the timeline of its run, or a folder with transcripts, of which the last is meant; default: the last that is kept',
  )
  .option('-r, --run <file>', 'the same, as an option')
  .addOption(
    new RepeatableOption(
      '-t, --test <name>',
      'the sessions of this test alone: its name, or a part of it that no other has',
    ),
  )
  .option('-s, --session <id>', 'this session alone, as errors name it')
  .option('--failed', 'the sessions of all tests that have failed')
  .option('-o, --output <file>', 'write the JSON lines, or with --text the text, to this file, and not to stdout')
  .option('--text', 'for people: a line for each message, with its time')
  .option('-l, --list', 'print the paths of the transcripts that are kept, or of those in a folder, the last one first')
  .action(async (file: string | undefined, { run, ...options }: TranscriptOptions, self: Command) => {
    if (file !== undefined && run !== undefined)
      self.error('error: the transcript is named twice: by the argument, and by --run');
    const { transcript } = await import('./transcript.ts');
    process.exitCode = await transcript({ ...options, run: file ?? run });
  });

program
  .command('replay')
  .description(
    'play the side of the tests of a transcript against the real processes: does it still happen? Ends with 1 if an answer differs, with 2 if it cannot be played',
  )
  .argument(
    '<file>',
    'a transcript, as CARPOOL_TRANSCRIPT=1, `transcript: true` in the config, or `carpool transcript --output` writes it; or a folder with transcripts, of which the last is played',
  )
  .option('-p, --pool <name>', 'only the sessions of this pool')
  .option('-t, --test <text>', 'only the sessions of tests with this text in their names')
  .addOption(
    new RepeatableOption(
      '-i, --ignore <path>',
      'what is not compared, as differences show it: .time, .items[*].id; * is one name, ** any number of them',
    ),
  )
  .addOption(timeoutOption('how long to wait for each answer, such as 30s or 10m, or never', 30_000))
  .option('-c, --config <file>', 'config file, instead of the nearest carpool.config.*')
  .option('--json', 'print one JSON object')
  .action(async (file: string, options: ReplayCommandOptions) => {
    // Loaded for this command alone, as what it is answered from.
    const { replay } = await import('./replay.ts');
    process.exitCode = await replay(file, options);
  });

program
  .command('measure')
  .description('start a command several times, and say what sharing it would save in a suite of test files')
  .option('-p, --pool <name>', 'a pool of the config, instead of a command')
  .option('-c, --config <file>', 'config file of the pool, instead of the nearest carpool.config.*')
  .option(
    '--ready <regexp>',
    'the command is ready when its output matches; default: at its first output',
    regularExpression,
  )
  .option('--until-exit', 'the command is ready when it has ended')
  .addOption(timeoutOption('within which the command must be ready, such as 30s or 10m, or never', 30_000))
  .option('--runs <number>', 'how often to start it', positiveInteger, 5)
  .option('--files <number>', 'test files of the suite', positiveInteger, 50)
  .option('--workers <number>', 'test files that run at a time; default: what this machine can run', positiveInteger)
  .option('--tests <number>', 'tests of a file, each with a session', positiveInteger, 5)
  .option('--requests <number>', 'requests of a test, one after another', positiveInteger, 5)
  .option('--json', 'print one JSON object, in milliseconds and bytes')
  .argument('[command...]', 'what to start, after --')
  .passThroughOptions()
  .action(async (command: string[], options: MeasureOptions) => {
    const { measure } = await import('./measure.ts');
    process.exitCode = await measure(command, options);
  });

addCompletion(program);

/** Runs what the arguments of this process say, and sets its exit code. */
export async function runCommand(): Promise<void> {
  try {
    await program.parseAsync();
  } catch (thrown) {
    // An error of Carpool is one sentence; only an unknown one needs its stack.
    console.error(isCarpoolError(thrown) ? `carpool: ${withCode(thrown)}` : thrown);
    process.exitCode = 1;
  }
}

/** The code stands behind the sentence, before what the child printed. */
function withCode({ message, code }: CarpoolError): string {
  return message.replace(/(?=\n {2}the child |\n--- |$(?![^]))/, ` [${code}]`);
}

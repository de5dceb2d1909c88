/**
 * `carpool run -- <command>`: one host for the command and its children, which may be several runners, or for its shards. To
 * the host of the machine it is one run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fromRecord } from '../base/errors.ts';
import { joinHost } from '../main-process/join-host.ts';
import { crashText } from '../main-process/crashes.ts';
import { summaryLines, transcriptLines } from '../main-process/summary.ts';
import { addressVariable } from '../wire/address.ts';
import { exitCodeOf } from './run/outcome.ts';
import type { CommandEnd, RunOptions } from './run/types.ts';

/**
 * Resolves with the exit code of the command; if it was killed, with 128 and the number of the signal. As in shells, 127 if
 * there is no such command, and 126 if it cannot be run. Of shards: with that of the first that has failed, by their numbers.
 * @throws CarpoolError CONFIG_INVALID, HUB_UNREACHABLE
 */
export async function run(command: readonly string[], options: RunOptions): Promise<number> {
  const { config, shards } = options;
  await using host = await joinHost({ root: process.cwd(), configFile: config, needsConfig: true }, 'carpool run');
  const { problem } = await host.configured;
  // Locks, ports and shared workers by file name need no config.
  const empty = problem?.context['empty'] === true && config === undefined;
  if (problem !== undefined && !empty) throw fromRecord(problem);
  let ended: CommandEnd;
  try {
    ended =
      shards === undefined
        ? await runOne(command, host.address)
        : await (await import('./run/run-shards.ts')).runShards(command, host, { ...options, shards });
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException;
    if (error.syscall?.startsWith('spawn') !== true) throw thrown;
    return notStarted(error.path ?? command[0] ?? '', error);
  }
  const summary = await host.stop();
  // A host that it has joined is that of another process, which prints a summary of its own.
  const own = host.pid === undefined ? undefined : summary;
  for (const line of [...summaryLines(own?.pools ?? [], own?.leaks), ...transcriptLines(own)]) console.error(line);
  const crashes = (summary?.crashes ?? []).map((crash) => fromRecord(crash));
  process.stderr.write(crashText(crashes));
  if (ended.failure !== undefined) console.error(`carpool: ${ended.failure}`);
  return ended.code === 0 && crashes.length > 0 ? 1 : ended.code;
}

/** @throws what the system says of a command that cannot be run */
async function runOne([file = '', ...args]: readonly string[], address: string): Promise<CommandEnd> {
  const child = spawn(file, args, {
    stdio: 'inherit',
    env: { ...process.env, [addressVariable]: address },
    // On Windows a script such as `npm` is not an executable file.
    shell: process.platform === 'win32',
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  // A Ctrl-C has reached the command too, and most runners take a second one for "at once".
  process.on('SIGINT', () => {
    if (!inForeground()) child.kill('SIGINT');
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return { code: exitCodeOf({ code, signal }) };
}

/**
 * True if this process and the command belong to the foreground of a terminal, whose Ctrl-C goes to both. Only Linux shows
 * that; elsewhere a terminal on stdin is taken for it.
 */
function inForeground(): boolean {
  try {
    // The fields after the name: state, parent, group, session, terminal, and the group in its foreground.
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return terminal !== '0' && group === foreground;
  } catch {
    return process.stdin.isTTY;
  }
}

function notStarted(file: string, { code, message }: NodeJS.ErrnoException): number {
  const missing = code === 'ENOENT';
  const why = missing ? 'there is no such file, and no such program in PATH' : message;
  console.error(`carpool: Cannot run ${JSON.stringify(file)}: ${why}`);
  return missing ? 127 : 126;
}

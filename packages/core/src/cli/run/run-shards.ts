/** `carpool run --shards 4 -- <command>`: the command for each part of the tests, on one host. */
import { availableParallelism } from 'node:os';
import type { WriteStream } from 'node:tty';
import { hostDirectoryBases } from '../../hosts/host-directory.ts';
import type { Host } from '../../main-process/types.ts';
import { addressVariable } from '../../wire/address.ts';
import type { CommandEnd, RunOptions } from './types.ts';
import { failureLine, joinedExitCode, type ShardOutcome } from './outcome.ts';
import { lineByLine, OutputError, prefixOf, WholeOutputs, type ShardOutput } from './output.ts';
import { shardsOf, type Shard } from './plan.ts';
import { Shards } from './shards.ts';
import { Target } from './target.ts';

/** @throws what the system says of a command that cannot be run */
export async function runShards(
  command: readonly string[],
  host: Pick<Host, 'address' | 'owns'>,
  options: RunOptions & { readonly shards: number },
): Promise<CommandEnd> {
  const { shards: count, concurrency = Math.min(count, availableParallelism()), bail = false } = options;
  const targets = { stdout: new Target(process.stdout), stderr: new Target(process.stderr) };
  const shards = new Shards(shardsOf(command, count), {
    concurrency,
    bail,
    env: { ...process.env, ...coloursOf(process.stdout), [addressVariable]: host.address },
    output: outputs(targets, options),
    running: (groups) => host.owns(groups),
  });
  // A Ctrl-C in the terminal reaches this process alone: each shard has a group of its own.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => shards.signal(signal));
  let outcomes: readonly ShardOutcome[];
  try {
    outcomes = await shards.run();
  } catch (thrown) {
    if (!(thrown instanceof OutputError)) throw thrown;
    return { code: 1, failure: `${thrown.message}; all shards were ended` };
  }
  const code = joinedExitCode(outcomes, shards.interrupted);
  const fault = targets.stdout.fault ?? targets.stderr.fault;
  if (fault === undefined) return { code, failure: failureLine(outcomes) };
  return { code: code === 0 ? 1 : code, failure: `Cannot print what the shards have printed: ${fault.message}` };
}

function outputs(
  targets: { readonly stdout: Target; readonly stderr: Target },
  { group = false, prefix = true }: RunOptions,
): (shard: Shard) => ShardOutput {
  if (group) {
    const whole = new WholeOutputs(targets, hostDirectoryBases());
    return (shard) => whole.of(shard);
  }
  return (shard) => {
    const { stdout, stderr } = process;
    return lineByLine(
      targets,
      prefix ? { stdout: prefixOf(shard, stdout), stderr: prefixOf(shard, stderr) } : undefined,
    );
  };
}

/** Runners that print to a pipe show no colours by themselves. */
function coloursOf({ isTTY, getColorDepth }: WriteStream): Readonly<Record<string, string>> {
  const { FORCE_COLOR, NO_COLOR } = process.env;
  if (!isTTY || FORCE_COLOR !== undefined || NO_COLOR !== undefined) return {};
  const depth = getColorDepth();
  return depth < 4 ? {} : { FORCE_COLOR: depth >= 24 ? '3' : depth >= 8 ? '2' : '1' };
}

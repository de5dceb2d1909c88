/** The shards of `carpool run --shards`: the command of each, and what its environment says. */
import type { RunOptions } from './types.ts';
import { shardsVariable, shardVariable } from '../../wire/address.ts';

export interface Shard {
  /** From 1. */
  readonly number: number;
  /** "2/4" */
  readonly name: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** What is added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** `{i}` in the command is the number of the shard, from 1, and `{n}` how many there are. */
export function shardsOf(command: readonly string[], count: number): Shard[] {
  return Array.from({ length: count }, (_, at) => {
    const number = at + 1;
    const values: Readonly<Record<string, number>> = { i: number, n: count };
    return {
      number,
      name: `${number}/${count}`,
      command: command.map((word) =>
        word.replaceAll(/\{([in])\}/g, (all, name: string) => String(values[name] ?? all)),
      ),
      env: { [shardVariable]: String(number), [shardsVariable]: String(count) },
    };
  });
}

/** What is wrong with the options: without shards there are none; and each shard would run all tests. */
export function runFault(
  command: readonly string[],
  { shards: count, concurrency, group, prefix, bail }: RunOptions,
): string | undefined {
  if (count === undefined) {
    const given = { concurrency, group, bail, 'no-prefix': prefix === false ? true : undefined };
    const [name] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
    return name && `option '--${name}' is for shards: add --shards, or leave it out`;
  }
  // A shell may read the variable.
  if (command.some((word) => word.includes('{i}') || word.includes(shardVariable))) return undefined;
  const example = `carpool run --shards ${count} -- vitest run --shard={i}/{n}`;
  return (
    `each of the ${count} shards would run all tests, because {i}, the number of the shard, is not in the command. ` +
    `Write it where the runner is told its shard, as in \`${example}\`. ` +
    `A program that reads ${shardVariable} itself: \`-- env ${shardVariable}={i} ./test.sh\``
  );
}

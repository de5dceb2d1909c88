/** A runner in shards of one run, `carpool run --shards`. */
import { join } from 'node:path';
import { modules } from './home.ts';
import type { Runner } from './runners/runner.ts';

/** The command of the package that is installed. */
export const carpool: readonly [node: string, cli: string] = [process.execPath, join(modules, 'carpool/dist/cli.js')];

/** All of them at once. */
export const underShards = (count: number): string[] => [
  ...carpool,
  ...`run --shards ${count} --concurrency ${count} --`.split(' '),
];

/** Each shard writes its results to a file of its own. */
export const apart = ({ command, ...runner }: Runner): Runner => ({
  ...runner,
  command: (args) => command(args, 'results-{i}.json'),
});

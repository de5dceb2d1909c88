/** Tests of several runs, each with a host in this process, that share what is of the machine. */
import { serve, type Served } from '../support/hubs.ts';
import { running, type Running } from '../support/tests.ts';

export const machine = { scope: 'machine' } as const;

/** The host of a run, in this process. */
export async function served(name: string, pid: number): Promise<Served> {
  const run = { id: name, folder: `/code/${name}`, branch: `branch-of-${name}`, pid };
  return await serve({}, { runInfo: async () => ({ run }) });
}

/** A test of each of two runs. */
export async function twoRuns(): Promise<[a: Running, b: Running]> {
  const [one, two] = [await served('one', 11), await served('two', 22)];
  return [await running(one, 'adds a row'), await running(two, 'drops the table')];
}

/** What was sent to the machine's host before has arrived. */
export async function arrived({ client }: Running): Promise<void> {
  await (await client.machine.connected()).names();
}

/** The shared worker: one server for the run, a database for every test that asks for one. */
import type { SharedWorker } from 'carpool/shared-worker';
import { seen } from '../seen.ts';
import { Databases, type Connection } from './databases.ts';
import { startPostgres } from './postgres.ts';

export type Question = { readonly type: 'create' } | { readonly type: 'drop'; readonly database: string };
export type Answer = Connection | undefined;

type Main = SharedWorker.Protocol<Question | Answer>;

export default async function worker({ negotiateProtocol }: SharedWorker.FactoryOptions): Promise<void> {
  const main: Main = negotiateProtocol<Question | Answer>(['ava-4']);
  const postgres = await startPostgres();
  main.teardown(() => postgres[Symbol.asyncDispose]());
  seen('server', { pid: postgres.pid, folder: postgres.address.host, hostPid: process.pid });

  const databases = await Databases.open(postgres.address);
  main.ready();
  // If the server fails, this function rejects, and the tests that asked for a database get its last output.
  await Promise.race([serve(main, databases), postgres.failed]);
}

async function serve(main: Main, databases: Databases): Promise<void> {
  const drops = new Map<string, () => Promise<void>>();
  for await (const { data, testWorker, reply } of main.subscribe()) {
    const question = data as Question;
    if (question.type === 'create') {
      const connection = await databases.create();
      const { database } = connection;
      // Covers tests that were killed or timed out: drops the database when the test file ends, however it ends.
      const drop = testWorker.teardown(() => databases.drop(database));
      drops.set(database, drop);
      reply(connection);
    } else {
      await drops.get(question.database)?.();
      drops.delete(question.database);
      reply(undefined);
    }
  }
}

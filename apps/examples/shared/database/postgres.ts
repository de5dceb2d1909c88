/** Starts a PostgreSQL server through keeper.ts. It ends with the process that started it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How `pg` reaches a server; `host` is the folder of its socket. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

export interface Postgres extends AsyncDisposable {
  readonly address: Address;
  readonly pid: number;
  /** Rejects if the server ends by itself; never resolves. */
  readonly failed: Promise<never>;
}

export async function startPostgres(): Promise<Postgres> {
  const keeper = spawn(process.execPath, [join(import.meta.dirname, 'keeper.ts')], {
    // Its own process group, so that a Ctrl-C in the terminal does not reach it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));

  const ended = once(keeper, 'close');
  const failed = ended.then((): never => {
    throw new Error(`PostgreSQL has ended. Its last words:\n${log}`);
  });
  // Callers that await it get the error; a server that was stopped on purpose is no error.
  failed.catch(() => {});
  const [line] = (await Promise.race([once(createInterface(keeper.stdout), 'line'), failed])) as [string];
  const { pid, ...address } = JSON.parse(line) as Address & { readonly pid: number };
  const stop = async (): Promise<void> => {
    keeper.stdin.end();
    await ended;
  };
  return { address, pid, failed, [Symbol.asyncDispose]: stop };
}

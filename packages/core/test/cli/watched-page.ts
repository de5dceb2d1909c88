/** `carpool watch --web` of a run, for tests. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { HostClient } from '../../src/client/client.ts';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';
import { program } from '../support/pools.ts';
import { start, type Running } from './carpool.ts';

export interface Served {
  readonly host: RunHost;
  readonly client: HostClient;
  readonly watching: Running;
  readonly address: string;
}

/** A run with a session, one that waits, and the page of its host. */
export async function served(...args: string[]): Promise<Served> {
  onMachine();
  configured({ pools: { echoes: program('echo', { maxSessions: 1 }) } });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const { pid } = await client.ask({ method: 'status' }, 5_000);
  const watching = start('watch', '--web', '--host', String(pid), ...args);
  const [line = ''] = await Promise.race([
    new Promise<string[]>((resolve) =>
      createInterface({ input: watching.process.stdout! }).once('line', (said) => resolve([said])),
    ),
    watching.ended.then(({ stderr }) => Promise.reject(new Error(stderr))),
  ]);
  const [address] = /http:\S+$/.exec(line) ?? [];
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
  return { host, client, watching, address: address ?? '' };
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export function ask(
  address: string,
  { method = 'GET', ...headers }: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = httpRequest(address, { method, headers }, (answer) => {
      void text(answer).then((body) => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    });
    asking.once('error', reject);
    asking.end();
  });
}

export async function interrupt({ watching }: Served): Promise<void> {
  watching.process.kill('SIGINT');
  expect(await watching.ended).toMatchObject({ code: 0, stderr: '' });
}

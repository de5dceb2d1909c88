/** What the tests of the three runners do with what all hosts of a run share. */
import { appendFileSync } from 'node:fs';
import { env, kill, pid } from 'node:process';
import { lock, once } from 'carpool/coordination';

const reach = { scope: 'reach' } as const;

/** Holds a lock for a moment, and writes down when. */
export async function takeTurn(): Promise<void> {
  using held = await lock('turn', reach).acquire();
  const revision = held.fence?.revision;
  appendFileSync(env['TURNS'] ?? '', `begin ${pid} ${revision}\n`);
  await new Promise((resolve) => void setTimeout(resolve, 20));
  appendFileSync(env['TURNS'] ?? '', `end ${pid} ${revision}\n`);
}

/** A value that one test of all runs has computed. */
export async function sharedValue(): Promise<string> {
  return await once('token', () => `made by ${pid}`, reach);
}

/** @returns why it was lost */
export async function loseServer(look: boolean): Promise<string> {
  const server = Number(env['NATS_PID']);
  const held = await lock('gone', reach).acquire();
  kill(server, 'SIGSTOP');
  try {
    if (!look) while (held.held) await new Promise((resolve) => void setImmediate(resolve));
    else if (!held.lost.aborted) await new Promise((resolve) => held.lost.addEventListener('abort', resolve));
  } finally {
    kill(server, 'SIGCONT');
  }
  return look ? (held.lost.reason as Error).message : '';
}

/** A socket to the host, or why there is none. */
import { connect, type Socket } from 'node:net';
import { CarpoolError } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { systemClock } from '../base/clock.ts';
import { within } from '../base/wait.ts';

/** @throws CarpoolError HUB_UNREACHABLE; HUB_LOST instead if the host is known to have run */
export async function connectTo(path: string, timeout: number, known: boolean): Promise<Socket> {
  const socket = connect(path);
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const expired = (): Error => new Error(`no answer within ${timeout} ms`);
  try {
    await within(connected, { clock: systemClock, timeout, expired });
    return socket;
  } catch (thrown) {
    socket.destroy();
    const why = messageOf(thrown);
    const details = { context: { path }, cause: thrown };
    if (known) throw new CarpoolError('HUB_LOST', `The host has ended: ${why}`, details);
    const message = `Cannot reach the host at ${path}: ${why}. Is the adapter's global setup configured?`;
    throw new CarpoolError('HUB_UNREACHABLE', message, details);
  }
}

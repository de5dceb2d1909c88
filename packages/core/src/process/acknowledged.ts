/**
 * Whether the system at the other end of a TCP connection is there, though its process is silent: it acknowledges each
 * keep-alive probe, and what is sent. Linux alone says so.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { ipBytes } from './ip.ts';

/** Keep-alive probes and retransmissions without an answer. One of them may be under way. */
const unansweredProbes = 3;
const unansweredPackets = 2;

/** Empty where the system has none. */
export function connectionTable(): string {
  return ['/proc/net/tcp', '/proc/net/tcp6'].map(contentOf).join('\n');
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // no Linux, or one without IPv6
  }
}

type Ends = Pick<Socket, 'localPort' | 'remotePort' | 'remoteAddress'>;

/** Whether the other system has answered lately. False: not, or nothing is known. */
export function isAcknowledged({ localPort = 0, remotePort = 0, remoteAddress = '' }: Ends, table: string): boolean {
  const local = portIn(localPort);
  const remote = `${addressIn(remoteAddress)}${portIn(remotePort)}`;
  for (const line of table.split('\n')) {
    const [, from = '', to = '', , , , retransmitted = '', , probes = ''] = line.trim().split(/\s+/);
    if (!from.endsWith(local) || !to.endsWith(remote)) continue;
    return Number.parseInt(retransmitted, 16) < unansweredPackets && Number(probes) < unansweredProbes;
  }
  return false;
}

function portIn(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** As the table writes it: words of 32 bits, the last byte first. One of IPv4 is the end of both forms. */
function addressIn(address: string): string {
  const bytes = ipBytes(address);
  return (bytes.length % 4 === 0 ? bytes.swap32() : bytes).toString('hex').toUpperCase();
}

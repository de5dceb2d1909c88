/** What a pool did during a run, in one line. */
import type { PoolStats } from 'carpool/host';

export function lineOf(pool: PoolStats): string {
  const { name, children, sessions, peak, longestWait, quarantined, failures } = pool;
  const parts = [count(children, 'child', 'children'), count(sessions, 'session'), `peak ${peak}`];
  parts.push(`longest wait ${Math.round(longestWait)} ms`);
  if (failures > 0) parts.push(`${count(failures, 'child', 'children')} failed`);
  if (quarantined > 0) parts.push(`${quarantined} quarantined`);
  return `carpool: ${name}: ${parts.join(', ')}`;
}

function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

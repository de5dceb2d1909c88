/** What is killed, and what is cut off, in which order: all from a seed. */
import { Timeline } from '../support/timeline.ts';
import type { Fault } from './journal.ts';

export interface Planned {
  readonly how: Fault['how'];
  /** Which of those that there are then: 0 to 1. */
  readonly victim: number;
  /** Of a cut: times the ttl, from 1 to 4. */
  readonly lasts: number;
  /** Milliseconds until a server that was killed is started again. */
  readonly restart: number;
  /** Of a host that offers: it is ended by a signal, and not killed. */
  readonly orderly: boolean;
}

const ways: readonly Fault['how'][] = [
  'cut',
  'leader',
  'host',
  'machine',
  'cut node',
  'shard',
  'node',
  'offering host',
];

/** Eight seeds that follow each other begin in all ways. */
export function schedule(seed: number, count: number): Planned[] {
  const draws = new Timeline(seed);
  return Array.from({ length: count }, (_, number) => {
    const way = number === 0 ? (seed + ways.length - 1) % ways.length : Math.floor(draws.random() * ways.length);
    return {
      how: ways[way] ?? 'cut',
      victim: draws.random(),
      lasts: 1 + 3 * draws.random(),
      restart: 2_000 * draws.random(),
      orderly: draws.random() < 0.5,
    };
  });
}

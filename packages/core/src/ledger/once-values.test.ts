// Values on a host of many runs: they are there as long as one of the runs that have them.
import { expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import { OnceValues, type OnceValue } from './once-values.ts';
import type { Lease, LeaseRequest } from './lease.ts';

const waiter = { compute: () => {}, value: () => {}, failed: () => {} };
const value = (text: string, size = 1): OnceValue => ({ bytes: new Uint8Array(size), file: text });
const never = (): Uint8Array => new Uint8Array();

test('a value is forgotten once no run that has it goes on', () => {
  const lives = new Set(['a', 'b']);
  const forgotten: string[] = [];
  const onces = new OnceValues(
    new Ledger(),
    (name) => void forgotten.push(name),
    (run) => lives.has(run),
  );
  const ask = (run: string, name = 'token'): OnceValue | Lease => {
    const request: LeaseRequest = { run, name, kind: 'once', size: 1, weight: 1, owner: run, holder: {} };
    return onces.request(request, waiter);
  };
  const compute = (run: string, made: OnceValue): void => onces.settle(ask(run) as Lease, { value: made }, never);
  const first = value('first');
  compute('a', first);
  expect(ask('b')).toBe(first);
  lives.delete('a');
  expect(ask('c')).toBe(first);
  lives.delete('b');
  expect(ask('d')).toMatchObject({ state: 'held' });
  expect(forgotten).toEqual(['token']);
});

test('there is room for a new value where those of runs that have ended take it', () => {
  const lives = new Set(['a']);
  const onces = new OnceValues(
    new Ledger(),
    () => {},
    (run) => lives.has(run),
  );
  const compute = (run: string, name: string): void => {
    const request: LeaseRequest = { run, name, kind: 'once', size: 1, weight: 1, owner: run, holder: {} };
    onces.settle(onces.request(request, waiter) as Lease, { value: value(name, 60 * 1024 * 1024) }, never);
  };
  for (const name of ['1', '2', '3', '4']) compute('a', name);
  expect(() => compute('a', '5')).toThrow('the host has room for');
  lives.delete('a');
  compute('b', '6');
});

/** The sentences of the ledger's errors. */
import { CarpoolError } from '../base/errors.ts';
import { describeHolder, duration, nameOf, type Holding } from '../base/holders.ts';
import type { Link } from './deadlock.ts';
import { readers, type Kind, type Lease, type Resource, type Who, type Wish } from './lease.ts';

/** An owner without a test: what a file or a worker took. */
const nameless = 'a file';
/** Holders that an error names; it counts the others. */
const named = 8;

/** "lock "db"", "2 of semaphore "cpu"", "lock "db" for reading" */
export function describeWish({ kind, name, weight }: Pick<Wish, 'kind' | 'name' | 'weight'>): string {
  const text = JSON.stringify(name);
  switch (kind) {
    case 'lock':
      return `lock ${text}`;
    case 'rwlock':
      return `lock ${text} for ${weight === 1 ? 'reading' : 'writing'}`;
    case 'semaphore':
      return `${weight} of semaphore ${text}`;
    case 'once':
      return `the value ${text}`;
  }
}

function describeKind(kind: Kind, size: number): string {
  switch (kind) {
    case 'lock':
      return 'a lock';
    case 'rwlock':
      return 'a reader-writer lock';
    case 'semaphore':
      return `a semaphore of ${size}`;
    case 'once':
      return 'a value';
  }
}

/** @param why a clause: what is wrong with it */
export function invalid(what: string, why: string, context: Record<string, unknown>): CarpoolError {
  return new CarpoolError('LEASE_INVALID', `Cannot acquire ${what}: ${why}`, { context });
}

export function mismatch(wish: Wish, { kind, size, who }: Resource): CarpoolError {
  const found = describeKind(kind, size);
  const wanted = describeKind(wish.kind, wish.size);
  const why = `here it is ${wanted}, and in this run it is ${found} already, first used by ${nameOf(who, nameless)}`;
  return invalid(JSON.stringify(wish.name), `${why}; use one kind and one size for a name`, {
    name: wish.name,
    wanted: { kind: wish.kind, size: wish.size },
    found: { kind, size },
  });
}

export function tooMany(wish: Wish, what: string, limit: number): CarpoolError {
  return invalid(describeWish(wish), `${what}, and ${limit} is the limit`, { name: wish.name, limit });
}

/** It is taken, and the caller did not want to wait. */
export function takenError(wish: Wish, resource: Resource, now: number): CarpoolError {
  const text = `Cannot acquire ${describeWish(wish)} at once: ${occupancy(resource, now)}`;
  return new CarpoolError('LEASE_TAKEN', text, { context: { name: wish.name, holders: holdings(resource, now) } });
}

export function timeoutError({ wish, resource }: Lease, timeout: number, ahead: number, now: number): CarpoolError {
  const queue = ahead === 0 ? '' : `; ${ahead} ${ahead === 1 ? 'call waits' : 'calls wait'} before this one`;
  const what = `${wish.kind === 'once' ? 'it was not there' : 'it was taken'} for ${timeout} ms`;
  const advice = wish.kind === 'once' ? 'raise `timeout`' : 'Release it earlier (`using`), or raise `timeout`';
  const text = `Cannot acquire ${describeWish(wish)}: ${what}; ${occupancy(resource, now)}${queue}. ${capital(advice)}`;
  return new CarpoolError('LEASE_TIMEOUT', text, {
    context: { name: wish.name, timeout, ahead, holders: holdings(resource, now) },
  });
}

export function deadlockError(asker: Lease, links: readonly Link[]): CarpoolError {
  const circle = links.map(({ wait, blocker }) => {
    const by = nameOf(blocker.wish.who, nameless);
    const how =
      blocker.state === 'held' ? `which ${by} ${blocker.wish.kind === 'once' ? 'computes' : 'holds'}` : `behind ${by}`;
    return `${who(wait.wish.who)} waits for ${describeWish(wait.wish)}, ${how}`;
  });
  const text = `Cannot acquire ${describeWish(asker.wish)}: that would close a circle in which all wait for ever: ${circle.join('; ')}. Acquire in the same order everywhere`;
  return new CarpoolError('LEASE_DEADLOCK', text, {
    context: {
      name: asker.wish.name,
      circle: links.map(({ wait, blocker }) => ({
        waits: wait.wish.who,
        for: wait.wish.name,
        heldBy: blocker.wish.who,
      })),
    },
  });
}

/** @param why half a sentence */
export function lostError(what: string, why: string): CarpoolError {
  return new CarpoolError('LEASE_LOST', `Cannot acquire ${what}: ${why}`);
}

export function holdings({ leases }: Resource, now: number): Holding[] {
  return [...leases].slice(0, named).map(({ wish, since }) => ({ ...wish.who, heldFor: now - since }));
}

function occupancy(resource: Resource, now: number): string {
  const { kind, size, used, leases } = resource;
  if (kind === 'once') {
    const [computer] = leases;
    if (computer === undefined) return 'nobody computes it';
    return `${nameOf(computer.wish.who, nameless)} has been computing it for ${duration(now - computer.since)}`;
  }
  const words = holdings(resource, now).map((holder) => describeHolder(holder, nameless));
  if (leases.size > named) words.push(`and by ${leases.size - named} others`);
  if (words.length === 0) words.push('nobody holds it, and others wait for it');
  return `${kind === 'semaphore' && size < readers ? `${used} of ${size} are taken, ` : ''}${words.join(', ')}`;
}

function who({ test, file }: Who): string {
  return test === undefined ? (file ?? nameless) : JSON.stringify(test);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

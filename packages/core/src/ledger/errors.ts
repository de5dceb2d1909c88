/** The ledger's errors. */
import { CarpoolError } from '../base/errors.ts';
import { describeHeld, duration, nameOf, type Holding } from '../base/holder-label.ts';
import type { WaitLink } from './deadlock.ts';
import {
  blockedOwner,
  rwlockCapacity,
  seenBy,
  type Kind,
  type Lease,
  type Resource,
  type LeaseHolder,
  type LeaseRequest,
  type WaitLimit,
} from './lease.ts';

/** For a file or a worker as holder. */
const nameless = 'a file';
/** Holders that an error names; it counts the others. */
export const named = 8;

/** "lock "db"", "2 of semaphore "cpu"", "lock "db" for reading" */
export function describeRequest({ kind, name, weight }: Pick<LeaseRequest, 'kind' | 'name' | 'weight'>): string {
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

export function mismatch(request: LeaseRequest, resource: Resource): CarpoolError {
  const { kind, size } = resource;
  const holder = seenBy(request, resource);
  const where = holder.run === undefined ? 'in this run' : 'on this machine';
  const found = describeKind(kind, size);
  const wanted = describeKind(request.kind, request.size);
  const why = `here it is ${wanted}, and ${where} it is ${found} already, first used by ${nameOf(holder, nameless)}`;
  return invalid(JSON.stringify(request.name), `${why}; use one kind and one size for a name`, {
    name: request.name,
    wanted: { kind: request.kind, size: request.size },
    found: { kind, size },
  });
}

export function tooMany(request: LeaseRequest, what: string, limit: number): CarpoolError {
  return invalid(describeRequest(request), `${what}, and ${limit} is the limit`, { name: request.name, limit });
}

export function overweight(request: LeaseRequest): CarpoolError {
  const { name, size, weight } = request;
  const why = `there are only ${size} of it, so the wait would never end`;
  return invalid(describeRequest(request), why, { name, size, weight });
}

/** It is taken, and the call does not wait. */
export function takenError(request: LeaseRequest, resource: Resource, now: number): CarpoolError {
  const text = `Cannot acquire ${describeRequest(request)} at once: ${occupancy(resource, now, request)}`;
  return new CarpoolError('LEASE_TAKEN', text, {
    context: { name: request.name, holders: describeHoldings(resource, now, request) },
  });
}

export function timeoutError(lease: Lease, timeout: number, ahead: number, now: number): CarpoolError {
  const { request, resource } = lease;
  const queue = ahead === 0 ? '' : `; ${ahead} ${ahead === 1 ? 'call waits' : 'calls wait'} before this one`;
  const state = occupancy(resource, now, request);
  const text = `Cannot acquire ${describeRequest(request)}: timed out after ${Math.round(timeout)} ms${limits[request.limit ?? 'call']}; ${state}${queue}. ${adviceFor(lease)}`;
  return new CarpoolError('LEASE_TIMEOUT', text, {
    context: { name: request.name, timeout, ahead, holders: describeHoldings(resource, now, request) },
  });
}

/** It is this host's turn, and not that of all hosts. @param state a clause */
export function reachTimeoutError(request: LeaseRequest | undefined, timeout: number, state: string): CarpoolError {
  const what = request === undefined ? 'values' : describeRequest(request);
  const limit = limits[request?.limit ?? 'call'];
  const advice = request?.kind === 'once' ? 'Raise `timeout`' : 'Release it earlier (`using`), or raise `timeout`';
  const text = `Cannot acquire ${what} of all hosts of the run: timed out after ${Math.round(timeout)} ms${limit}; ${state}. ${advice}`;
  return new CarpoolError('LEASE_TIMEOUT', text, { context: { name: request?.name, timeout } });
}

function adviceFor({ request, resource }: Lease): string {
  if (request.kind === 'once') return 'Raise `timeout`';
  // More time is of no use to a test that waits for itself.
  const own = [...resource.leases].some((lease) => isOwn(lease, request));
  if (own) return 'Release it first, or use what is held already';
  switch (request.limit) {
    case undefined:
      return 'Release it earlier (`using`), or raise `timeout`';
    case 'config':
      return 'Hold it for less time, or raise its `timeout` in the config';
    case 'test':
      return "Release it earlier (`using`), raise the time-out of the test, or declare it under `locks` in the config: it is then waited for before the test's time begins";
  }
}

const limits = {
  call: '',
  config: '',
  test: ', the rest of the time of this test or hook',
} as const satisfies Record<WaitLimit | 'call', string>;

/** The test that waits for it holds it, in another flow, or for its file. */
function isOwn({ request }: Lease, waiting: LeaseRequest): boolean {
  return blockedOwner(request) === blockedOwner(waiting);
}

export function deadlockError(waiter: Lease, links: readonly WaitLink[]): CarpoolError {
  const cycle = links.map(({ wait, blocker }) => {
    const by = subject(seenBy(waiter, blocker), nameless);
    const how =
      blocker.state === 'held'
        ? `which ${by} ${blocker.request.kind === 'once' ? 'computes' : 'holds'}`
        : `behind ${by}`;
    return `${describeWaiter(seenBy(waiter, wait))} waits for ${describeRequest(wait.request)}, ${how}`;
  });
  const advice =
    links.length > 1 ? 'Acquire in the same order everywhere' : 'Release it first, or use what is held already';
  const text = `Cannot acquire ${describeRequest(waiter.request)}: this would deadlock. ${advice}${cycle.map((link) => `\n  ${link}`).join('')}`;
  return new CarpoolError('LEASE_DEADLOCK', text, {
    context: {
      name: waiter.request.name,
      cycle: links.map(({ wait, blocker }) => ({
        waiter: wait.request.holder,
        name: wait.request.name,
        holder: blocker.request.holder,
      })),
    },
  });
}

/** @param why the end of the sentence */
export function lostError(what: string, why: string): CarpoolError {
  return new CarpoolError('LEASE_LOST', `Cannot acquire ${what}: ${why}`);
}

function describeHoldings({ leases }: Resource, now: number, waiting: LeaseRequest): Holding[] {
  return [...leases].slice(0, named).map((lease) => ({ ...seenBy(waiting, lease), heldFor: now - lease.since }));
}

/** Who has it, since when. @param waiting what wants it */
function occupancy(resource: Resource, now: number, waiting: LeaseRequest): string {
  const { kind, size, used, leases } = resource;
  if (kind === 'once') {
    const [computer] = leases;
    if (computer === undefined) return 'it is not being computed';
    return `${nameOf(seenBy(waiting, computer), nameless)} has been computing it for ${duration(now - computer.since)}`;
  }
  const [own, others] = [
    [...leases].filter((it) => isOwn(it, waiting)),
    [...leases].filter((it) => !isOwn(it, waiting)),
  ];
  const held = others.map((lease) => ({
    heldFor: now - lease.since,
    by: nameOf(seenBy(waiting, lease), nameless),
  }));
  const all = [...describeOwn(own, now, waiting), ...describeHeld(held, 'leases')];
  const parts = all.slice(0, named);
  if (all.length > named) parts.push(`and by ${all.length - named} others`);
  if (parts.length === 0) parts.push('it is not held, but others wait for it');
  return `${kind === 'semaphore' && size < rwlockCapacity ? `${used} of ${size} are taken, ` : ''}${parts.join(', ')}`;
}

/** Those of the test that waits, or of its file: equal ones together. */
function describeOwn(leases: readonly Lease[], now: number, waiting: LeaseRequest): string[] {
  const bySite = Map.groupBy(leases, (lease) => {
    const { test, takenAt } = seenBy(waiting, lease);
    const since = takenAt === undefined ? '' : ` since ${takenAt}`;
    return `by this ${test === undefined ? 'file' : 'test'} itself${since}`;
  });
  return [...bySite].map(([by, held]) => {
    const longest = duration(Math.max(...held.map(({ since }) => now - since)));
    return held.length === 1
      ? `it is held ${by}, for ${longest}`
      : `it is held ${held.length} times ${by}, for up to ${longest}`;
  });
}

function describeWaiter({ test, file, shard, run }: LeaseHolder): string {
  return subject({ test, shard, run }, file ?? nameless);
}

/** As the beginning of a sentence. */
function subject(holder: LeaseHolder, without: string): string {
  return `${nameOf(holder, without)}${holder.run === undefined ? '' : ','}`;
}

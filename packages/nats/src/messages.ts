/** What errors say of names that hosts share. */
import { CarpoolError } from 'carpool';
import type { NameOf, NameRecord, Place } from './record.ts';

/** Holders that an error names; it counts the others. */
const named = 4;

export function describeName({ name, kind }: NameOf): string {
  const text = JSON.stringify(name);
  switch (kind) {
    case 'lock':
    case 'rwlock':
      return `lock ${text}`;
    case 'semaphore':
      return `permits of semaphore ${text}`;
    case 'once':
      return `the value ${text}`;
    case 'reservation':
      return `values of ${text}`;
  }
}

/** A clause. */
export function describeRecord({ held, waiting }: NameRecord): string {
  if (held.length === 0) return waiting.length === 0 ? 'it is free' : 'it is about to be given to another host';
  return `it is held by ${list(held)}${waiting.length === 0 ? '' : `; ${waiting.length} more wait for it`}`;
}

function list(places: readonly Place[]): string {
  const names = places.slice(0, named).map(({ by }) => by);
  const more = places.length - names.length;
  return `${names.join(', and by ')}${more === 0 ? '' : `, and by ${more} more`}`;
}

export function takenError(of: NameOf, record: NameRecord): CarpoolError {
  const text = `Cannot acquire ${describeName(of)} at once: ${describeRecord(record)}`;
  return new CarpoolError('LEASE_TAKEN', text, {
    context: { name: of.name, holders: record.held.map(({ by }) => by) },
  });
}

export function invalidError(of: NameOf, { kind, size, held }: NameRecord): CarpoolError {
  const found =
    kind === 'semaphore' ? `a semaphore of ${size}` : kind === 'rwlock' ? 'a reader-writer lock' : `a ${kind}`;
  const text = `Cannot acquire ${describeName(of)}: on another host it is ${found} at the moment, used by ${list(held)}; use one kind and one size for a name`;
  return new CarpoolError('LEASE_INVALID', text, { context: { name: of.name, found: { kind, size } } });
}

/** @param why a clause */
export function lostError(of: NameOf, server: string, why: string): CarpoolError {
  const text = `Lost ${describeName(of)} of ${server}: ${why}. Another host may have the same from now on`;
  return new CarpoolError('LEASE_LOST', text, { blame: 'setup', context: { name: of.name } });
}

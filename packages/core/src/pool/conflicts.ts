/** Options of a pool that contradict each other. Pure; for `createPool` and for the check of a config. */
import type { Codec } from '../codec/codec.ts';
import { allowedMaxSessions, capacityOf, type CapacityOptions } from './capacity.ts';

/** The options that are looked at. */
export interface ConflictOptions extends CapacityOptions {
  readonly codec?: 'json-lines' | 'msgpack' | Codec | undefined;
  readonly warm?: number | undefined;
  readonly maxQuarantined?: number | undefined;
  readonly strayOutput?: 'pass' | 'fail' | undefined;
  readonly server?: object | undefined;
}

/** They say how messages pass, and a server has none. */
const ofMessages = ['codec', 'protocol', 'stdio', 'strayOutput'] as const;

/** An option whose value another one does not allow. */
export interface Conflict {
  readonly path: string;
  readonly found: string | number | undefined;
  /** What it may be, and because of what. */
  readonly allowed: string;
}

/** The first contradiction; `undefined`: there is none. */
export function conflictIn(options: ConflictOptions): Conflict | undefined {
  const { maxSessions, warm = 0, maxQuarantined, strayOutput, codec } = options;
  const allowed = allowedMaxSessions(options);
  if (allowed !== undefined) return { path: 'maxSessions', found: maxSessions, allowed };
  const { sessionsPerChild, maxSessions: capacity } = capacityOf(options);
  if (warm > capacity) return { path: 'warm', found: warm, allowed: `up to ${capacity}, which is \`maxSessions\`` };
  if (maxQuarantined !== undefined && maxQuarantined > sessionsPerChild) {
    // A child with all its slots lost, and never replaced, would stop the pool.
    const most = `up to ${sessionsPerChild}, which is how many sessions a child can hold at once`;
    return { path: 'maxQuarantined', found: maxQuarantined, allowed: most };
  }
  if (options.server !== undefined) {
    const path = ofMessages.find((name) => (options as Readonly<Record<string, unknown>>)[name] !== undefined);
    if (path === undefined) return undefined;
    return { path, found: 'an option for messages', allowed: 'nothing, because a server has no messages' };
  }
  if (strayOutput === 'pass' && !framesAreLines(codec)) {
    const why =
      '"fail", because the frames of this codec are not lines: after a stray byte the next one cannot be found';
    return { path: 'strayOutput', found: '"pass"', allowed: why };
  }
  return undefined;
}

/** True if the next frame can be found where one is no message. */
export function framesAreLines(codec: ConflictOptions['codec'] = 'json-lines'): boolean {
  return typeof codec === 'string' ? codec === 'json-lines' : codec.framing.lines === true;
}

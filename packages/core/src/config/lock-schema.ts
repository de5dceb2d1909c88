/** What one entry of `locks` may be in a config. */
import * as v from 'valibot';
import { milliseconds, whole } from './schema-parts.ts';

const lockAllowed =
  '"lock", or an object: { lock }, { read }, { write } with the name of a lock, or { semaphore, name?, weight? } with a size; each with timeout? and scope?: "run", "machine" or "reach"';
const lockName = v.pipe(v.string(lockAllowed), v.nonEmpty(lockAllowed));
const timeout = v.optional(milliseconds);
const scope = v.optional(v.picklist(['run', 'machine', 'reach']));
export const lockSchema: v.GenericSchema = v.union(
  [
    v.literal('lock'),
    v.strictObject({ lock: lockName, timeout, scope }),
    v.strictObject({ read: lockName, timeout, scope }),
    v.strictObject({ write: lockName, timeout, scope }),
    v.strictObject({ semaphore: whole(1), name: v.optional(lockName), weight: v.optional(whole(1)), timeout, scope }),
  ],
  lockAllowed,
);

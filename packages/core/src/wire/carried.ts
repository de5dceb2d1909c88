/** Values of users in JSON bodies: as they are where JSON carries them whole, else as V8 serialises them, in base64. */
import { CarpoolError } from '../base/errors.ts';
import type { ErrorBlame } from '../base/error-kinds.ts';
import { isJsonSafe } from '../realm/json-safe.ts';

/** One of the two, or neither for `undefined`. */
export interface Carried {
  readonly plain?: unknown;
  readonly cloned?: string | undefined;
}

/** What a value is, and whose mistake it is if it cannot be carried. */
export interface CarriedName {
  /** For the error: "`params`". */
  readonly what: string;
  readonly blame: ErrorBlame;
}

/** @throws CarpoolError FRAME_MALFORMED, with the path of the part that cannot be carried */
export async function carry(value: unknown, name: CarriedName): Promise<Carried> {
  if (value === undefined) return {};
  if (isJsonSafe(value)) return { plain: value };
  // Only for what JSON cannot carry.
  const [{ clone }, { notPlainIn }] = await Promise.all([
    import('../realm/structured-clone.ts'),
    import('../realm/not-plain.ts'),
  ]);
  const found = notPlainIn(value);
  if (found !== undefined) {
    // Empty where it is the value itself.
    const path = found.path.replace(/^\./, '');
    throw cannotCarry(name, `${path === '' ? 'it' : `\`${path}\``} is ${found.what}`);
  }
  const bytes = clone(value, name.what, {
    keepBuffers: true,
    failed: (reason, cause) => cannotCarry(name, reason, cause),
  });
  return { cloned: Buffer.from(bytes).toString('base64') };
}

/** For what `open` of a protocol found out. @throws as `carry` */
export function carryOpened(opened: unknown, protocol: string): Promise<Carried> {
  return carry(opened, { what: `what \`open\` of "${protocol}" returned as \`opened\``, blame: 'protocol' });
}

/** What `carry` was given. @throws CarpoolError FRAME_MALFORMED */
export async function uncarried({ plain, cloned }: Carried): Promise<unknown> {
  if (typeof cloned !== 'string') return plain;
  return (await import('../realm/structured-clone.ts')).revive(Buffer.from(cloned, 'base64'));
}

function cannotCarry({ what, blame }: CarriedName, reason: string, cause?: unknown): CarpoolError {
  const message = `Cannot pass ${what} between a test and the host: ${reason}, and only plain data, Map, Set, Date, RegExp, Error, buffers and typed arrays arrive whole`;
  return new CarpoolError('FRAME_MALFORMED', message, { scope: 'call', blame, cause });
}

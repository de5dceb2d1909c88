/** A message as a transcript has it, and the reverse. */
import { recordedValue, recordValue, type Recorded } from '../base/transcript-value.ts';

/** The fields by which a protocol ties a message to its session and its request, as far as it names them. */
export interface Stamps {
  readonly sessionField?: string | undefined;
  readonly idField?: string | undefined;
}

export function recordedForm(message: unknown, stamps: Stamps): Recorded {
  return withoutStamps(recordValue(message, { redact: true }), stamps);
}

/**
 * What was recorded, without what is a secret by the rules of now: it may have been recorded under others.
 * @throws Error with half a sentence: what in it is not of this version
 */
export function redactedForm(recorded: Recorded): Recorded {
  return recordValue(recordedValue(recorded), { redact: true });
}

export function withoutStamps(value: Recorded, { sessionField, idField }: Stamps): Recorded {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const own = Object.entries(value).filter(([name]) => name !== sessionField && name !== idField);
  return Object.fromEntries(own);
}

/** The path to the first value that the transcript does not have, and what it was; undefined: it is whole. */
export function lostIn(value: Recorded, path = ''): { readonly path: string; readonly what: string } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value) && '$lost' in value && typeof value['$lost'] === 'string')
    return { path: path === '' ? 'the message' : path, what: value['$lost'] };
  for (const [name, item] of Object.entries(value)) {
    const found = lostIn(item, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

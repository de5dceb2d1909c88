/** Effects. Stubs answer them; the stand-in has neither dialogs nor a clipboard. */
import { field, isObject, type Json, type JsonObject } from './messages.ts';

const dialogs = ['file_open', 'file_open_multiple', 'file_save', 'directory_select', 'directory_select_multiple'];

/** The text fields that each kind of effect must have. */
const required: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(dialogs.map((kind) => [kind, []])),
  clipboard_read: [],
  clipboard_write: ['text'],
  clipboard_read_html: [],
  clipboard_write_html: ['html'],
  clipboard_clear: [],
  clipboard_read_primary: [],
  clipboard_write_primary: ['text'],
  notification: ['title', 'body'],
};

export function isEffectKind(kind: string): boolean {
  return Object.hasOwn(required, kind);
}

/** The fields of an `effect_response`: `status`, and its `result` or `error`. */
export function effectOutcome(kind: string, payload: Json, stubs: ReadonlyMap<string, Json>): JsonObject {
  const fault = faultOf(kind, payload);
  if (fault !== undefined) return { status: 'error', error: fault };
  const stub = stubs.get(kind);
  if (stub !== undefined) return { status: 'ok', result: stub };
  if (dialogs.includes(kind)) return { status: 'unsupported' };
  return { status: 'error', error: `${kind}: the stand-in reaches for nothing outside itself; register a stub` };
}

function faultOf(kind: string, payload: Json): string | undefined {
  if (!isEffectKind(kind)) return `unknown effect kind: ${kind}`;
  if (!isObject(payload)) return `invalid payload for ${kind}: expected object`;
  for (const name of required[kind] ?? []) {
    const value = field(payload, name);
    if (value === undefined) return `missing required field for ${kind}: ${name}`;
    if (typeof value !== 'string') return `invalid field type for ${kind}: ${name} expected string`;
  }
  return undefined;
}

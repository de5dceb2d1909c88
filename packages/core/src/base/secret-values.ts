/** Which values in a message are secrets, by what stands beside them. */
import { secrecyOfName } from './redact.ts';
import type { Secrecy } from './secret-keys.ts';

/** Of an entry of an object: by its name, or of `value` in { name: "password", value: "…" }, as lists of headers have it. */
export function secrecyOfEntry(name: string, object: object): Secrecy | undefined {
  return name === 'value' ? secrecyOfPair(object) : secrecyOfName(name);
}

/** Of what follows `before` in a list, as in the arguments of a command: "--password", "…". */
export function secrecyAfter(before: unknown): Secrecy | undefined {
  return typeof before === 'string' && before.startsWith('-') ? secrecyOfName(before) : undefined;
}

/** That a password is missing, or empty, is no secret. */
export function isSecret(value: unknown, secrecy: Secrecy): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return secrecy === 'all';
  if (ArrayBuffer.isView(value)) return value.byteLength > 0;
  return (typeof value === 'string' && value !== '') || typeof value === 'function';
}

function secrecyOfPair(object: object): Secrecy | undefined {
  const { name, key = name } = object as { readonly name?: unknown; readonly key?: unknown };
  return typeof key === 'string' ? secrecyOfName(key) : undefined;
}

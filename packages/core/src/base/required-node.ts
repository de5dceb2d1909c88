/** The Node that is needed. What an older one lacks would fail in words that do not say so, and leave things half made. */
import { CarpoolError } from './errors.ts';

/** @throws CarpoolError CONFIG_INVALID if this Node is too old */
export function checkNode(): void {
  // In Node since 22, and in Bun and Deno.
  if ('withResolvers' in Promise) return;
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  const found = process?.versions?.node ?? 'an older one';
  const message = `Carpool needs Node 22.12 or newer, and this is Node ${found}: run the tests with a newer one`;
  throw new CarpoolError('CONFIG_INVALID', message, { scope: 'run', context: { found } });
}

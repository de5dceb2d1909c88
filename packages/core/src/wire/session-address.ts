/** Where a host listens, and the token of one session: one string, which a test hands to a process that it starts. */
import { CarpoolError } from '../base/errors.ts';
import { addressIn, formatAddress, type Address } from './address.ts';

/** The variable in which `joinSession` looks for an address. */
export const sessionVariable = 'CARPOOL_SESSION';

const scheme = 'carpool-session';

export function formatSessionAddress(address: Address): string {
  return formatAddress(address, scheme);
}

/**
 * @param address absent: there was none in the environment either
 * @throws CarpoolError SESSION_MISUSED
 */
export function parseSessionAddress(address: unknown): Address {
  const parsed = typeof address === 'string' ? addressIn(address, scheme, String.raw`\d+-[0-9a-f]{64}`) : undefined;
  if (parsed !== undefined) return parsed;
  throw new CarpoolError('SESSION_MISUSED', `Cannot join a session: ${whyNone(address)}`);
}

function whyNone(address: unknown): string {
  if (address === undefined || address === '') {
    return `there is no address. The test makes one with \`await session.address()\`, and hands it over, for example in the variable ${sessionVariable}`;
  }
  if (typeof address !== 'string') return `its address must be text, and not of the type ${typeof address}`;
  if (/^carpool(?:\+tls)?:/.test(address)) {
    return 'this is the address of a host, which is for test workers. That of a session comes from `session.address()`';
  }
  return 'its address is not one that `session.address()` made';
}

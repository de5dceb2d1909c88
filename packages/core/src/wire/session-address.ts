/** Where a host listens, and the token of one session: one string, which a test hands to a process that it starts. */
import { CarpoolError } from '../base/errors.ts';
import type { Address } from './address.ts';

/** The variable in which `joinSession` looks for an address. */
export const sessionVariable = 'CARPOOL_SESSION';

export function formatSessionAddress({ path, token }: Address): string {
  return `carpool-session:${path}#${token}`;
}

/**
 * @param address absent: there was none in the environment either
 * @throws CarpoolError SESSION_MISUSED
 */
export function parseSessionAddress(address: unknown): Address {
  const match = typeof address === 'string' ? /^carpool-session:(.+)#(\d+-[0-9a-f]{64})$/.exec(address) : null;
  const [, path, token] = match ?? [];
  if (path !== undefined && token !== undefined) return { path, token };
  throw new CarpoolError('SESSION_MISUSED', `Cannot join a session: ${whyNone(address)}`);
}

function whyNone(address: unknown): string {
  if (address === undefined || address === '') {
    return `there is no address. The test makes one with \`await session.address()\`, and hands it over, for example in the variable ${sessionVariable}`;
  }
  if (typeof address !== 'string') return `its address must be text, and not of the type ${typeof address}`;
  if (address.startsWith('carpool:')) {
    return 'this is the address of a host, which is for test workers. That of a session comes from `session.address()`';
  }
  return 'its address is not one that `session.address()` made';
}

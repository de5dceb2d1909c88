/** Where a host listens, and the token that it wants to see: one string, which adapters hand to their workers. */
import { CarpoolError } from '../base/errors.ts';

export interface Address {
  /** A path of a unix socket, or the name of a Windows pipe. */
  readonly path: string;
  /** 64 hexadecimal digits. */
  readonly token: string;
}

/** The variable by which a worker finds its host where the runner has no channel of its own. */
export const addressVariable = 'CARPOOL_ADDRESS';

export function formatAddress({ path, token }: Address): string {
  return `carpool:${path}#${token}`;
}

/** @throws CarpoolError HUB_UNREACHABLE */
export function parseAddress(address: string): Address {
  const match = /^carpool:(.+)#([0-9a-f]{64})$/.exec(address);
  const [, path, token] = match ?? [];
  if (path !== undefined && token !== undefined) return { path, token };
  throw new CarpoolError(
    'HUB_UNREACHABLE',
    'Cannot connect to the host: its address is not one that an adapter of Carpool made',
  );
}

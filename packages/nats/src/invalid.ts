import { CarpoolError } from 'carpool';

/** @param why a sentence about what `nats()` was given, without its secrets */
export function invalid(why: string): CarpoolError {
  return new CarpoolError('CONFIG_INVALID', `\`nats\`: ${why}`, { scope: 'call', blame: 'setup' });
}

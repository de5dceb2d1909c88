/** The names of what `carpool(options)` of every adapter takes. */
import { OptionNames } from '../base/option-names.ts';
import type { CarpoolOptions } from './run-host.ts';

// The compiler keeps it complete.
const names: Readonly<Record<keyof CarpoolOptions, true>> = {
  configFile: true,
  configTimeout: true,
  evidence: true,
  host: true,
  pools: true,
  summary: true,
};

const known = new OptionNames('CONFIG_INVALID', 'carpool', Object.keys(names));

/**
 * For an adapter whose `carpool(options)` is part of the runner's config, which no compiler need see.
 * @throws CarpoolError CONFIG_INVALID with the name, the one that was meant, and all that there are
 */
export function checkCarpoolOptions(options: object): void {
  known.check(options);
}

/** `@carpool/jest/config`: the set-up with options, as a part of the Jest config. */
import { checkCarpoolOptions } from 'carpool';
import type { CarpoolOptions } from 'carpool/adapter/main-process';
import { globalSetup, globalTeardown, testEnvironment } from './jest-preset.ts';

export type { CarpoolOptions } from 'carpool/adapter/main-process';

/** What `carpool` returns. */
export interface CarpoolConfig {
  readonly globalSetup: string;
  readonly globalTeardown: string;
  readonly testEnvironment: string;
  /** Beside options of yours: `testEnvironmentOptions: { ...part.testEnvironmentOptions, url: … }`. */
  readonly testEnvironmentOptions: { readonly carpool: CarpoolOptions };
}

/**
 * Shares processes between the tests of a Jest run: the preset, with options. Everything in `options` must be plain
 * data, since Jest hands it to its workers.
 *
 * @example
 * export default { ...carpool({ summary: false }), testMatch: ['**\/*.test.ts'] };
 *
 * @returns a part of the Jest config, or of one of its projects
 * @throws CarpoolError CONFIG_INVALID if there is no such option
 */
export function carpool(options: CarpoolOptions = {}): CarpoolConfig {
  checkCarpoolOptions(options);
  return { globalSetup, globalTeardown, testEnvironment, testEnvironmentOptions: { carpool: options } };
}

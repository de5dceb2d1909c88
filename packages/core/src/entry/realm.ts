/**
 * `carpool/realm`: what is evaluated where tests run, when that is another realm than the worker's, as in Jest. As ESM
 * and as CommonJS, and light: it is evaluated anew for every test file.
 */
export { callSite, CarpoolError, isCarpoolError, type CallSite } from '../base/errors.ts';
export { copyToRealm, copyErrorToRealm } from '../realm/realm-copy.ts';
export { fixtureNames, type FixtureNames } from '../client/fixtures.ts';

/** `carpool/client`: what a test worker needs. Never loads `child_process`. */
export { Client, type ClientOptions, type RegisterOptions } from '../client/client.ts';
export { sharedClient } from '../client/shared.ts';
export { addressVariable } from '../wire/address.ts';
export type { OwnerPath } from '../wire/messages.ts';
export { Session } from '../session/session.ts';
export { CarpoolError, fromRecord, isCarpoolError, toRecord, type ErrorRecord, type Evidence } from '../base/errors.ts';

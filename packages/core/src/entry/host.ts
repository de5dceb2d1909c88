/** `carpool/host`: what a runner's main process needs. */
export { startHost, type Host, type HostOptions } from '../main-process/start-host.ts';
export { joinHost } from '../main-process/join-host.ts';
export { evidenceText } from '../client/report.ts';
export { RunHost, type RunHostOptions } from '../main-process/run-host.ts';
export { summaryLines } from '../main-process/summary.ts';
export type { Provided } from '../client/provided.ts';
export { findConfig } from '../config/find.ts';
export type { Configured, HostSummary } from '../wire/control.ts';
export type { PoolStats } from '../pool/types.ts';
export { addressVariable } from '../wire/address.ts';
export { version } from '../base/version.ts';
export { CarpoolError, fromRecord, isCarpoolError, toRecord, type ErrorRecord } from '../base/errors.ts';

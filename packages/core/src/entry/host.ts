/** `carpool/host`: what a runner's main process needs. */
export { startHost, type Host, type HostOptions } from '../host/start.ts';
export { joinHost } from '../runner/join.ts';
export { evidenceText } from '../runner/report.ts';
export { RunHost, type RunHostOptions } from '../runner/run-host.ts';
export { summaryLines } from '../runner/summary.ts';
export type { Provided } from '../runner/provided.ts';
export { findConfig } from '../host/find-config.ts';
export type { Configured, HostSummary } from '../host/control.ts';
export type { PoolStats } from '../pool/types.ts';
export { addressVariable } from '../wire/address.ts';
export { version } from '../wire/version.ts';
export { CarpoolError, fromRecord, isCarpoolError, toRecord, type ErrorRecord } from '../base/errors.ts';

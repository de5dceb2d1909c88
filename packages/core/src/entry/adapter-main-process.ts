/**
 * `carpool/adapter/main-process`: for adapters, in the runner's main process. Starts the host of a run, tells it of
 * re-runs, and stops it. Loads `child_process`; test processes load `carpool/adapter/test-process` instead.
 *
 * docs/adapters.md shows a whole adapter.
 */
export { RunHost, type CarpoolOptions, type RunHostOptions } from '../main-process/run-host.ts';
export { failRun } from '../main-process/crashes.ts';
export { startHost } from '../main-process/start-host.ts';
export type { Host, HostOptions } from '../main-process/types.ts';
export { addressVariable } from '../wire/address.ts';
export { findConfig } from '../config/find.ts';
export { evidenceText, type ShownError } from '../client/report.ts';
export type { SessionEvidence } from '../client/sessions-evidence.ts';
export type { Provided } from '../client/provided.ts';
export type { EvidenceOption } from '../main-process/evidence-option.ts';
export type { RedactRules } from '../base/redact.ts';
export type { Boot, Configured, GroupLeader, HostSummary, LeakSummary } from '../wire/control.ts';
export type { WatchedFiles } from '../process/files.ts';
export type { ErrorRecord } from '../base/errors.ts';
export type { PoolStats, SlotWaitStats } from '../pool/types.ts';
export type { ReplayStats } from '../replay/replay-book.ts';
export type { PoolOptions } from '../pool/options.ts';

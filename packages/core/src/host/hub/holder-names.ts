/** What names a holder in the errors of others is kept for as long as the session. A worker may have sent anything. */
import { printable, printableLines } from '../../base/printable.ts';
import type { HolderLabel, HolderRun } from '../../base/holder-label.ts';
import { describeRun, type RunInfo } from '../../wire/machine-messages.ts';
import type { OwnerPath } from '../../wire/owner-path.ts';

/** Characters of "2/4". */
const longestShard = 20;
/** Characters of "vitest". */
const longestRunner = 60;
/** Characters of what names a holder, and of the stack of its call. */
const longestLabel = 1_000;
const longestStack = 20_000;

/** What names a worker, beside its tests. */
export interface WorkerNames {
  /** Its run, where the host serves several. */
  readonly run?: HolderRun | undefined;
  /** "2/4": which shard of its run it is in. */
  readonly shard?: string | undefined;
  /** "vitest 4711": its runner and its pid, for the timeline. */
  readonly worker?: string | undefined;
}

export function labelIn(holder: Partial<Record<keyof HolderLabel, unknown>> | undefined, shard?: string): HolderLabel {
  return { test: nameIn(holder?.test), file: nameIn(holder?.file), shard };
}

/** "vitest 4711", as it has greeted. Undefined: it has not said so. */
export function workerNamed(runner: unknown, pid: unknown): string | undefined {
  const name = nameIn(runner)?.slice(0, longestRunner);
  return name === undefined || !Number.isSafeInteger(pid) ? undefined : `${name} ${String(pid)}`;
}

/** "2/4", as its worker has greeted. */
export function shardNamed(shard: unknown): string | undefined {
  return nameIn(shard)?.slice(0, longestShard);
}

/** The run of a process that is part of none of this host's. */
export interface PeerRunInfo extends HolderRun {
  /** Of its main process. */
  readonly pid: number;
}

export function runIn(run: Partial<Record<keyof RunInfo, unknown>> | undefined): PeerRunInfo | undefined {
  const [id, folder] = [nameIn(run?.id), nameIn(run?.folder)];
  if (id === undefined || folder === undefined) return undefined;
  const pid = Number(run?.pid);
  return { id, pid, name: describeRun({ id, folder, branch: nameIn(run?.branch), pid }) };
}

/** It is printed where others see it. */
export function nameIn(value: unknown): string | undefined {
  const text = textIn(value, longestLabel);
  return text && printable(text);
}

/** Of a call. */
export function stackIn(value: unknown): string {
  return printableLines(textIn(value, longestStack) ?? '');
}

function textIn(value: unknown, longest: number): string | undefined {
  return typeof value === 'string' ? value.slice(0, longest) : undefined;
}

/** Whose key an `owner` is: the file's, in which tests may share one, or with "test" that of the one test. */
export function scopeOf(owner: string | undefined, peer: number, under: OwnerPath): string | undefined {
  if (owner === undefined) return undefined;
  return JSON.stringify([peer, ...(owner === 'test' ? under : under.slice(0, 1))]);
}

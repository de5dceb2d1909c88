/** A run of another machine, as it is opened here: who it is, it says; all else is this machine's. */
import { randomUUID } from 'node:crypto';
import { printable } from '../../base/printable.ts';
import type { RemoteAccess, RunEntrance } from '../../host/hub/remote-access.ts';
import type { Listening } from '../../wire/control.ts';
import type { RunInfo } from '../../wire/machine-messages.ts';

/** Milliseconds. */
const configTimeout = 60_000;
/** Characters of a name that another machine gives. */
const longest = 200;

export interface RemoteRunAsked {
  /** By the other machine: anything. */
  readonly run: RunInfo;
  readonly entrance: RunEntrance;
  readonly sessionsOnly: boolean;
}

export function remoteRun(
  { project, env, cwd }: Listening,
  { run: said, entrance, sessionsOnly }: RemoteRunAsked,
): ReturnType<NonNullable<RemoteAccess['opens']>> {
  const { folder, branch, runner, pid } = (said ?? {}) as Partial<Record<keyof RunInfo, unknown>>;
  const run = {
    id: randomUUID(),
    folder: textOf(folder) ?? 'another machine',
    branch: textOf(branch),
    runner: textOf(runner) ?? 'a runner',
    pid: Number(pid),
  };
  const request = { ...project, method: 'openRun', run, env, cwd, configTimeout, sessionsOnly } as const;
  return { request, entrance };
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? printable(value.slice(0, longest)) : undefined;
}

/**
 * What ends a host that cannot end itself, because it is stopped, or code of a user blocks its event loop, and what it
 * has started. Where the runner lives, it does this. A killed runner cannot, so a shell that does nothing else waits for
 * the runner's end: nothing inside the host would do, because a stopped process stops with all its threads.
 */
import { spawn } from 'node:child_process';
import { noop } from '../base/noop.ts';
import type { HostProgram } from '../hosts/kill-host.ts';

/** Seconds in which a host must be gone after its runner: its own limit, and a little more. */
const limit = 22;

/**
 * It waits on its stdin, which ends with the runner. A host is its pid and its start time, as in `process/identity.ts`,
 * because a pid is used again. What a killed host has recorded is swept by Carpool's own program.
 */
const script = `
identity() {
  if [ -r /proc/self/stat ]; then
    line=; { read -r line < "/proc/$1/stat"; } 2>/dev/null
    [ -n "$line" ] || return
    set -- \${line##*) }
    [ "$1" = Z ] || echo "\${20}"
  else
    ps -o lstart= -p "$1"
  fi
}
known=$(identity "$1")
read -r never
left=$2
while [ -n "$known" ] && [ "$(identity "$1")" = "$known" ]; do
  if [ "$left" -le 0 ]; then kill -s KILL -- "-$1"; break; fi
  left=$((left - 1))
  sleep 1
done
[ ! -d "$3" ] || exec "$CARPOOL_NODE" "$CARPOOL_SWEEP" --sweep
`;

export interface GuardedHost extends HostProgram {
  readonly pid: number;
  /** Its private folder. While it is there, something is left of the host. */
  readonly folder: string;
  /** Seconds. Default 22. */
  readonly limit?: number;
}

/**
 * Starts the shell. It costs the host nothing, and about 2 MiB. Not on Windows, which has none: there a host that is blocked
 * outlives a killed runner.
 * @returns ends it: the host is gone, or this process cares for it
 */
export function guardHost(host: GuardedHost): () => void {
  if (process.platform === 'win32') return noop;
  const { pid, folder, main, env } = host;
  const guard = spawn('/bin/sh', ['-c', script, 'carpool-guard', `${pid}`, `${host.limit ?? limit}`, folder], {
    // A session of its own: a Ctrl-C or a signal to the runner's group must not end it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...env, NODE_OPTIONS: '', CARPOOL_NODE: process.execPath, CARPOOL_SWEEP: main },
  });
  // Without a shell the host is as it would be without a guard.
  guard.on('error', noop);
  guard.stdin.on('error', noop);
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return () => void guard.kill('SIGKILL');
}

/** The processes and folders of Carpool that exist on this machine, for tests that must leave nothing behind. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hostDirectoryBases } from '../hosts/host-directory.ts';

/** The processes and folders of Carpool on this machine at one moment. */
export interface Census {
  /** Hosts, children and what these have started, sorted; with `within` those of that run alone. */
  readonly pids: readonly number[];
  /** Folders of hosts; sorted. */
  readonly folders: readonly string[];
}

/**
 * Lists the hosts, their children and their folders. It reads `/proc`, so it works on Linux only. With `within`, the `TMPDIR`
 * of one run, it lists only those of that run.
 *
 * @example
 * ```ts
 * const before = census();
 * await run();
 * expect(census()).toEqual(before);
 * ```
 */
export function census(within?: string): Census {
  const bases = within === undefined ? hostDirectoryBases() : [within];
  const folders = bases.flatMap((base) =>
    readdirSync(base)
      .filter((name) => /^carpool-[^-]+-[0-9a-f]{12}$/.test(name))
      .map((name) => join(base, name)),
  );
  return { pids: carpoolPids(within), folders: folders.sort() };
}

function carpoolPids(within: string | undefined): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => {
      const environment = readOrNothing(`/proc/${pid}/environ`).split('\0');
      // First: after it the command line is read of few.
      if (within !== undefined && !environment.includes(`TMPDIR=${within}`)) return false;
      return environment.some((entry) => /^CARPOOL_(?:CHILD|HOST)=/.test(entry)) || isHost(pid);
    })
    .map(Number)
    .sort((a, b) => a - b);
}

function isHost(pid: string): boolean {
  const command = readOrNothing(`/proc/${pid}/cmdline`).split('\0');
  return command.some((word) => /[/\\]((?:host|machine)-main\.js|(?:host|machine)[/\\]boot\.ts)$/.test(word));
}

/** A process may end between being listed and being read. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Runs on the host of their machine, and what such a host says of itself. */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { RunHost } from 'carpool/adapter/main-process';
import { connectClient, type Client } from 'carpool/adapter/test-process';
import { onTestFinished, vi } from 'vitest';
import { command, type Checkout } from './machines.ts';

const execute = promisify(execFile);

/** What the tests look at of a run in `carpool ps --json`. */
export interface SeenRun {
  readonly client?: string;
  readonly folder: string;
  readonly others?: readonly { readonly name: string; readonly sent: number }[];
}

export interface SeenPool {
  readonly name: string;
  readonly open: number;
  readonly queued: number;
  readonly quarantined: number;
  readonly children: readonly { readonly pid?: number }[];
  /** In the order of their turns. */
  readonly waiting: readonly { readonly test?: string; readonly run?: string }[];
}

export interface Seen {
  readonly runs: readonly SeenRun[];
  readonly pools: readonly SeenPool[];
}

/** What the host of that machine has, by `carpool ps --json`. @throws if there is none, or it does not answer */
export async function statusOf({ path, env }: Checkout): Promise<Seen> {
  const { stdout } = await execute(process.execPath, [command, 'ps', '--json', '--all'], { cwd: path, env });
  const { hosts } = JSON.parse(stdout) as {
    readonly hosts: readonly (Seen & { readonly kind: string; readonly state: string; readonly folder: string })[];
  };
  const temp = realpathSync(env['TMPDIR'] ?? '');
  const own = hosts.find(({ kind, folder }) => kind === 'machine' && realpathSync(folder).startsWith(temp));
  if (own?.state !== 'answers') throw new Error(`no host answers in ${temp}: ${stdout}`);
  return own;
}

export interface MachineRun {
  readonly host: RunHost;
  worker(): Promise<Client>;
}

/**
 * A run on the host of its machine, as an adapter with `host: 'machine'` begins it.
 * @param address of the host of another machine, for `CARPOOL_ADDRESS`
 */
export async function beginOnMachine({ path, env }: Checkout, address?: string): Promise<MachineRun> {
  for (const name of ['TMPDIR', 'NATS_URL', 'SLOTS', 'CARPOOL_MAX_CHILDREN']) vi.stubEnv(name, env[name]);
  vi.stubEnv('CARPOOL_ADDRESS', address);
  const cwd = vi.spyOn(process, 'cwd').mockReturnValue(path);
  try {
    const host = new RunHost({ root: path, runner: 'a test', version: '0', host: 'machine' });
    onTestFinished(async () => void (await host.stop()));
    await host.runStarted();
    const { address: at, problem } = host.provided;
    if (at === undefined || problem !== undefined) throw new Error(problem?.message);
    return {
      host,
      worker: async () => {
        const client = await connectClient({ address: at, runner: 'a test' });
        onTestFinished(() => client.close());
        return client;
      },
    };
  } finally {
    cwd.mockRestore();
    vi.unstubAllEnvs();
  }
}

/** Ends the host that a run has started there. */
export async function stopHost({ path, env }: Checkout): Promise<void> {
  await execute(process.execPath, [command, 'stop'], { cwd: path, env });
}

/** Takes back the address that a host has offered to others. */
export async function revoke({ path, env }: Checkout): Promise<void> {
  await execute(process.execPath, [command, 'address', '--revoke', 'reach'], { cwd: path, env });
}

export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

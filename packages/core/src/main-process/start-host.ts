/** Starts a host from the runner's main process. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CarpoolError } from '../base/errors.ts';
import { withoutInspector } from '../hosts/node-options.ts';
import { ownFile } from '../process/own-file.ts';
import type { Boot } from '../wire/control.ts';
import { stderrOfHost } from './host-output.ts';
import { HostProcess } from './host-process.ts';
import type { Host, HostOptions } from './types.ts';

/** Megabytes from the start: the host limits its heap (main.ts), and a relay makes much short-lived garbage. */
const youngGeneration = '--min-semi-space-size=8';
/** Milliseconds. */
export const defaultConfigTimeout = 60_000;

/**
 * Starts the host process of a run. It ends by itself when this process ends, in whatever way.
 * @throws CarpoolError HUB_UNREACHABLE
 */
export async function startHost(options: HostOptions & Pick<Boot, 'mayLeave' | 'runner' | 'records'>): Promise<Host> {
  const { root, configFile, pools, mayLeave, runner, evidence, records } = options;
  const env = { ...process.env, NODE_OPTIONS: withoutInspector(process.env['NODE_OPTIONS']) };
  const main = hostMain();
  const child = spawn(process.execPath, [youngGeneration, main], {
    // Its own process group: a Ctrl-C in the terminal reaches the runner first, and the host cleans up after it.
    detached: true,
    // Commands and reports have a descriptor of their own: code of users runs in the host, and prints to the others.
    stdio: ['ignore', 'pipe', stderrOfHost(), 'pipe'],
    env,
    windowsHide: true,
  });
  if (child.pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    throw new CarpoolError('HUB_UNREACHABLE', `Cannot start the host process: ${error.message}`, { cause: error });
  }
  const { configTimeout = defaultConfigTimeout } = options;
  const host = new HostProcess(child, { main, env, project: { root, configFile }, configTimeout });
  const token = randomBytes(32).toString('hex');
  host.boot({ root, token, configFile, pools, mayLeave, configTimeout, runner, evidence, records } satisfies Boot);
  await host.ready();
  return host;
}

export function hostMain(): string {
  return fileURLToPath(ownFile('host-main.js'));
}

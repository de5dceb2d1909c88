/** Programs in namespaces of their own, as in a container. Only Linux has them, and not every user may make them. */
import { spawnSync } from 'node:child_process';

/** Of PIDs, with a `/proc` of its own. All that is in it ends with `unshare`. */
export const pidNamespace: readonly string[] = ['unshare', '-fp', '--mount-proc', '--kill-child'];
/** Of mounts. */
export const mountNamespace: readonly string[] = ['unshare', '-m'];

/** @returns why it cannot be used here, for `context.skip`; undefined if it can */
export function cannotUse([command = '', ...args]: readonly string[]): string | undefined {
  const { status, error, stderr } = spawnSync(command, [...args, 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `${command} ${args.join(' ')} does not work here: ${error?.message ?? stderr}`;
}

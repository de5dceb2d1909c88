/** Another user of this machine, to whom the hosts of this one do not exist: what it finds is what the test has made for it. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { place } from './pools.ts';

const command = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

export const otherUser: UserIds = { uid: 65_534, gid: 65_534 };

export interface AnswerOfOther {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command `carpool` of the other user. @param temp its temporary folder, which is that of others, too */
export function carpoolOfOther(temp: string, args: readonly string[], address?: string): AnswerOfOther {
  const env = { PATH: process.env['PATH'], TMPDIR: temp, CARPOOL_ADDRESS: address, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    ...otherUser,
    cwd: temp,
    env,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** Why nothing can be started as the other user; undefined: it can. */
export function whyNoOtherUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can be two users';
  const { error, stderr } = spawnSync(process.execPath, [command, '--version'], { ...otherUser, encoding: 'utf8' });
  return error === undefined && stderr === ''
    ? undefined
    : `another user cannot read these files: ${error?.message ?? stderr}`;
}

/** The folder of this test, for all users, as `/tmp` is. */
export function sharedPlace(): string {
  const { path } = place();
  chmodSync(path, 0o1777);
  return path;
}

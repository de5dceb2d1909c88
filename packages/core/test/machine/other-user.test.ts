/** Two users of one machine, with one temporary folder: neither finds, ends or uses what is the other's. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { machineFolder, machineFolderName } from '../../src/hosts/machine-folder.ts';
import { failure } from '../support/failure.ts';
import { carpoolOfOther, otherUser, sharedPlace, whyNoOtherUser } from '../support/other-user.ts';
import { configured, onMachine, run, worker } from './support.ts';

interface Answer {
  readonly code: number | null;
  readonly said: string;
}

function carpool(...asked: Parameters<typeof carpoolOfOther>): Answer {
  const { code, stdout, stderr } = carpoolOfOther(...asked);
  return { code, said: `${stdout}${stderr}` };
}

test('the host of another user is not found, not ended and not used, also by its address', async (context) => {
  const why = whyNoOtherUser();
  context.skip(why !== undefined, why);
  onMachine();
  const temp = sharedPlace();
  const host = await run({ configFile: configured() });
  const before = readdirSync(temp);
  expect(carpool(temp, ['ps'])).toEqual({ code: 0, said: 'carpool: no host is running\n' });
  expect(carpool(temp, ['stop']).said).toContain('there is no host of this machine');
  const address = String(host.provided.address);
  expect(carpool(temp, ['ps'], address).said).toMatch(
    /Cannot reach the host at [^ ]+: connect EACCES [^ ]+\. It is that of another user$/m,
  );
  expect(readdirSync(temp)).toEqual(before);
  const session = await (await worker(host)).register('echoes');
  expect(await session.request({ type: 'ask' })).toMatchObject({ type: 'reply' });
});

test('a folder that another user has made in the place of the own one is refused, and left alone', async (context) => {
  const why = whyNoOtherUser();
  context.skip(why !== undefined, why);
  const temp = mkdtempSync(join(tmpdir(), 'users-'));
  onTestFinished(() => rmSync(temp, { recursive: true, force: true }));
  const folder = join(temp, machineFolderName());
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, otherUser.uid, otherUser.gid);
  const { message } = await failure(() => machineFolder([temp]), 'HUB_UNREACHABLE');
  expect(message).toContain(`it belongs to another user (uid ${otherUser.uid}, this process has 0)`);
  expect(readdirSync(folder)).toEqual([]);
});

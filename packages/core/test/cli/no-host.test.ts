/**
 * `carpool tail` and `carpool watch` where no host runs. As a user who has none: hosts of this one may run beside these tests,
 * in `/tmp`, where commands look as well.
 */
import { readdirSync } from 'node:fs';
import { python } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import { carpoolOfOther, otherUser, sharedPlace, whyNoOtherUser } from '../support/other-user.ts';
import { CommandTerminal } from './terminal.ts';

const none = 'carpool: no host is running';
const notNamed = 'carpool: no host and no run of this user is 4711; `carpool ps` lists them';

test.for([
  { line: 'tail', said: none },
  { line: 'tail --json', said: none },
  // It is a session that is waited for, not a host.
  { line: 'tail adds --wait', said: none },
  { line: 'tail --host 4711', said: notNamed },
  { line: 'watch --web', said: none },
  { line: 'watch --web --host 4711', said: notNamed },
])('$line without a host: a sentence, and 1', ({ line, said }, context) => {
  const why = whyNoOtherUser();
  context.skip(why !== undefined, why);
  const temp = sharedPlace();
  expect(carpoolOfOther(temp, line.split(' '))).toEqual({ code: 1, stdout: '', stderr: `${said}\n` });
  expect(readdirSync(temp)).toEqual([]);
});

test.skipIf(python.path === undefined)(
  `watch in a terminal without a host: nothing is drawn, a sentence, and 1${python.reason}`,
  async (context) => {
    const why = whyNoOtherUser();
    context.skip(why !== undefined, why);
    sharedPlace();
    // The cache of this user is not for others.
    const env = { NODE_COMPILE_CACHE: undefined };
    const terminal = new CommandTerminal(['watch'], { columns: 80, env, user: otherUser });
    expect(await terminal.left).toEqual({ code: 1, restored: true });
    expect(terminal.output).toBe(`${none}\r\n`);
  },
);

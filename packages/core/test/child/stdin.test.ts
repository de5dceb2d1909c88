// What a process that is written with `carpool/child` makes of its stdin, without a pool: garbage, and the end.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { model, runnable } from '../support/models.ts';

function fed(line: string, input: string | Uint8Array): { status: number | null; stdout: string; stderr: string } {
  const { command, args = [] } = model(line);
  const { status, stdout, stderr } = spawnSync(command as string, args, { input, timeout: 20_000, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const conversation = [
  '{"carpool":"hello"}',
  'this is no message',
  '[1]',
  '{"carpool":"open","session":"s1"}',
  '{"type":"echo","value":1,"session":"s9","id":"c1"}',
  '{"carpool":"dance","session":"s1"}',
  '{"type":"echo","value":2,"session":"s1","id":"c2"}',
].map((message) => `${message}\n`);

test.each(runnable(['node', 'python', 'python --fork']))('%s: a line that is no message is passed over', (line) => {
  const { status, stdout, stderr } = fed(line, conversation.join(''));
  expect(status).toBe(0);
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown),
  ).toEqual([
    { version: 2, carpool: 'hello' },
    { device: 'cpu', carpool: 'opened', session: 's1' },
    { type: 'echoed', value: 2, id: 'c2', session: 's1' },
  ]);
  for (const said of ['this is no message', 'is no object', 's9 is not open', 'dance']) expect(stderr).toContain(said);
});

test.each(runnable(['node --msgpack', 'python --msgpack', 'python --fork --msgpack']))(
  '%s: where frames are no lines, garbage ends the process, and it says why',
  (line) => {
    for (const garbage of ['GET / HTTP/1.1\r\n\r\n', Uint8Array.of(0, 0, 0, 1, 0xc1)]) {
      const { status, stdout, stderr } = fed(line, garbage);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain('stdin cannot be read on');
    }
  },
);

import { describe, expect, test } from 'vitest';
import { type ExitStatus, describeExit } from '../../src/process/exit.ts';

describe('an exit in English', () => {
  const table: [ExitStatus, string][] = [
    [{ kind: 'exited', code: 0 }, 'exited with code 0'],
    [{ kind: 'exited', code: 3 }, 'exited with code 3'],
    [{ kind: 'exited', code: 127 }, 'exited with code 127 (to a shell: command not found)'],
    [{ kind: 'exited', code: 137 }, 'exited with code 137 (to a shell: killed by signal 9)'],
    [{ kind: 'exited', code: 255 }, 'exited with code 255'],
    [{ kind: 'exited', code: 0xc0000005 }, 'exited with code 0xC0000005'],
    [{ kind: 'signalled', signal: 'SIGKILL' }, 'was killed by SIGKILL (out of memory?)'],
    [{ kind: 'signalled', signal: 'SIGKILL', by: 'carpool' }, 'was ended by Carpool with SIGKILL'],
    [{ kind: 'signalled', signal: 'SIGHUP' }, 'was killed by SIGHUP'],
  ];
  test.each(table)('%j', (status, english) => {
    expect(describeExit(status)).toBe(english);
  });
});

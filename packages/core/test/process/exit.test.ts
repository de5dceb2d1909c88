import { describe, expect, test } from 'vitest';
import { type ExitStatus, describeExit, moreSpecific } from '../../src/process/exit.ts';

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
    [{ kind: 'not-started', reason: 'no such file' }, 'was not started: no such file'],
    [{ kind: 'lost', news: 'its output ended' }, 'was lost: its output ended'],
  ];
  test.each(table)('%j', (status, english) => {
    expect(describeExit(status)).toBe(english);
  });
});

describe('of two reports of one death', () => {
  const lost: ExitStatus = { kind: 'lost', news: 'EPIPE' };
  const exited: ExitStatus = { kind: 'exited', code: 3 };
  const killed: ExitStatus = { kind: 'signalled', signal: 'SIGKILL' };
  const ours: ExitStatus = { kind: 'signalled', signal: 'SIGKILL', by: 'carpool' };

  test('an exit code replaces a broken pipe', () => expect(moreSpecific(lost, exited)).toBe(exited));
  test('a broken pipe does not replace an exit code', () => expect(moreSpecific(exited, lost)).toBe(exited));
  test('the first of two equals is kept', () => expect(moreSpecific(exited, killed)).toBe(exited));
  test('a signal whose sender is known replaces one whose is not', () => expect(moreSpecific(killed, ours)).toBe(ours));
  test('the first report is taken', () => expect(moreSpecific(undefined, lost)).toBe(lost));
});

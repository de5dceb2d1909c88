import { describe, expect, test } from 'vitest';
import { failureLine, joinedExitCode, type ShardOutcome } from './outcome.ts';

/** "0", "1", "SIGKILL", "130 stopped", "" for one that was not started */
function outcomes(...words: readonly string[]): ShardOutcome[] {
  return words.map((word, at) => {
    const name = `${at + 1}/${words.length}`;
    if (word === '') return { name };
    const [how = '', stopped] = word.split(' ');
    const signal = how.startsWith('SIG') ? (how as NodeJS.Signals) : null;
    return { name, end: { code: signal === null ? Number(how) : null, signal, stopped: stopped !== undefined } };
  });
}

describe('the exit code', () => {
  test.for([
    [0, ['0', '0', '0']],
    [3, ['0', '3', '1']],
    [137, ['0', 'SIGKILL', '1']],
    // What --bail has ended is no failure of its own.
    [2, ['SIGINT stopped', '2', '130 stopped', '']],
    [1, ['0 stopped', '1', '0']],
  ] as const)('is %i of %s', ([code, words]) => {
    expect(joinedExitCode(outcomes(...words))).toBe(code);
  });

  test('of an interrupted run is that of the signal, if a shard was not started and none has failed', () => {
    expect(joinedExitCode(outcomes('0', ''), 'SIGINT')).toBe(130);
    expect(joinedExitCode(outcomes('7', ''), 'SIGINT')).toBe(7);
    // All have run to their end, and say that it was a good one.
    expect(joinedExitCode(outcomes('0', '0'), 'SIGINT')).toBe(0);
  });
});

describe('what is said', () => {
  test.for([
    [undefined, ['0', '0']],
    ['1 of 3 shards failed: 2/3 (exit code 3)', ['0', '3', '0']],
    ['2 of 3 shards failed: 1/3 (SIGKILL), 2/3 (exit code 3)', ['SIGKILL', '3', '0']],
    [
      '1 of 4 shards failed: 2/4 (exit code 2); stopped: 1/4, 3/4; not started: 4/4',
      ['130 stopped', '2', 'SIGINT stopped', ''],
    ],
    ['0 of 2 shards failed; not started: 2/2', ['0', '']],
  ] as const)('is %s', ([line, words]) => {
    expect(failureLine(outcomes(...words))).toBe(line);
  });
});

import { describe, expect, test } from 'vitest';
import { runFault, shardsOf } from './plan.ts';

describe('the command of a shard', () => {
  test('has its number and their count wherever they stand in a word', () => {
    const shards = shardsOf(['vitest', 'run', '--shard={i}/{n}', '--outputFile=blob-{i}-{i}.json', '{j} {', 'a{n}'], 2);
    expect(shards.map(({ command }) => command)).toEqual([
      ['vitest', 'run', '--shard=1/2', '--outputFile=blob-1-1.json', '{j} {', 'a2'],
      ['vitest', 'run', '--shard=2/2', '--outputFile=blob-2-2.json', '{j} {', 'a2'],
    ]);
  });

  test('has them in its environment', () => {
    expect(shardsOf(['x'], 3).map(({ name, number, env }) => [name, number, env])).toEqual([
      ['1/3', 1, { CARPOOL_SHARD: '1', CARPOOL_SHARDS: '3' }],
      ['2/3', 2, { CARPOOL_SHARD: '2', CARPOOL_SHARDS: '3' }],
      ['3/3', 3, { CARPOOL_SHARD: '3', CARPOOL_SHARDS: '3' }],
    ]);
  });
});

describe('what is refused', () => {
  test.for([[['vitest', 'run']], [['jest', '--shard=1/4']], [['x', '{n}']]])(
    '%s: each shard would be the same',
    ([words]) => {
      expect(runFault(words ?? [], { shards: 4 })).toBe(
        'each of the 4 shards would run all tests, because {i}, the number of the shard, is not in the command. ' +
          'Write it where the runner is told its shard, as in `carpool run --shards 4 -- vitest run --shard={i}/{n}`. ' +
          'A program that reads CARPOOL_SHARD itself: `-- env CARPOOL_SHARD={i} ./test.sh`',
      );
    },
  );

  test.for([
    [['jest', '--shard={i}/{n}']],
    [['sh', '-c', 'jest --shard=$CARPOOL_SHARD/4']],
    [['env', 'PART={i}', './x']],
  ])('not %s', ([words]) => {
    expect(runFault(words ?? [], { shards: 4, bail: true, group: true, concurrency: 2 })).toBeUndefined();
  });

  test.for([
    ['--concurrency', { concurrency: 2 }],
    ['--group', { group: true }],
    ['--no-prefix', { prefix: false }],
    ['--bail', { bail: true }],
  ] as const)('%s without shards', ([name, options]) => {
    expect(runFault(['vitest'], options)).toBe(`option '${name}' is for shards: add --shards, or leave it out`);
  });

  test('nothing of a command without shards, as commander gives its options', () => {
    expect(runFault(['vitest', '{n}'], { prefix: true })).toBeUndefined();
  });
});

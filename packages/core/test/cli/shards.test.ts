// `carpool run --shards`: the command for each part of the tests, on one host; what they print, and how they end.
import { optionalProgram } from '@carpool/test-harness/programs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { noop } from '../../src/base/noop.ts';
import { factsOf } from '../../src/process/identity.ts';
import { census } from '../../src/testing/census.ts';
import { shardsOf } from '../../src/cli/run/plan.ts';
import { Shards } from '../../src/cli/run/shards.ts';
import { addressVariable } from '../../src/wire/address.ts';
import { closing, place, until } from '../support/pools.ts';
import { carpool, commandLine, config, start, write, type Ended } from './carpool.ts';

/** Of util-linux: it makes a terminal, whose foreground is a command. */
const terminal = optionalProgram(['script']);
const node = process.execPath;
const program = fileURLToPath(new URL('shard.mjs', import.meta.url));
const session = fileURLToPath(new URL('session.mjs', import.meta.url));

const shell = (script: string): string[] => ['sh', '-c', script];

/** All of them at once, whatever the machine. */
function shards(count: number, ...rest: readonly string[]): Promise<Ended> {
  return carpool('run', '--shards', `${count}`, '--concurrency', `${count}`, ...rest);
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const sorted = (text: string): string[] => linesOf(text).toSorted();

function alive(pid: number): boolean {
  return factsOf(pid)?.zombie === false;
}

/** The numbers that processes have written to this file of the test's. */
const pidsIn = (file: string): number[] => linesOf(readFileSync(file, 'utf8')).map(Number);

describe('each shard', () => {
  test('has its number and their count in its arguments and in its environment', async () => {
    const { code, stdout } = await shards(3, '--', ...shell('echo {i} of {n}: $CARPOOL_SHARD of $CARPOOL_SHARDS'));
    expect([code, sorted(stdout)]).toEqual([
      0,
      ['[1/3] 1 of 3: 1 of 3', '[2/3] 2 of 3: 2 of 3', '[3/3] 3 of 3: 3 of 3'],
    ]);
  });

  test('reads nothing: a terminal has one reader', async () => {
    const { code, stdout } = await shards(2, '--', ...shell('cat; echo {i}'));
    expect([code, sorted(stdout)]).toEqual([0, ['[1/2] 1', '[2/2] 2']]);
  });

  test('runs when it is its turn: no more at once than `--concurrency`', async () => {
    const journal = join(place().path, 'journal');
    const script = `echo + >> ${journal}; sleep 0.05; echo - >> ${journal}; : {i}`;
    expect(await carpool('run', '--shards', '5', '--concurrency', '2', '--', ...shell(script))).toMatchObject({
      code: 0,
    });
    const running = linesOf(readFileSync(journal, 'utf8')).map((line) => (line === '+' ? 1 : -1));
    const most = Math.max(...running.map((_, at) => running.slice(0, at + 1).reduce((sum, by) => sum + by, 0)));
    expect([running.length, most]).toEqual([10, 2]);
  });
});

test.for([
  [['--shards', '2', '--', 'vitest', 'run'], /^error: each of the 2 shards would run all tests, because \{i\}/],
  [['--bail', '--', 'vitest', 'run'], /^error: option '--bail' is for shards: add --shards, or leave it out\n$/],
  [
    ['--shards', '0', '--', 'x', '{i}'],
    /^error: option '--shards <number>' argument '0' is invalid\. It must be a whole number/,
  ],
] as const)('%s starts nothing, and says why', async ([words, message]) => {
  const { code, stdout, stderr } = await carpool('run', ...words);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
});

test('`--shards auto` is one for each processor', async () => {
  const { stdout } = await carpool('run', '--shards', 'auto', '--no-prefix', '--', ...shell('echo {n}; : {i}'));
  expect(new Set(linesOf(stdout))).toEqual(new Set([`${linesOf(stdout).length}`]));
});

describe('the output', () => {
  const both = 'echo out {i}; echo err {i} >&2; printf "no end {i}"';

  test('is lines with the number of their shard; stdout stays stdout, and stderr stderr', async () => {
    const { stdout, stderr } = await shards(2, '--', ...shell(both));
    expect(sorted(stdout)).toEqual(['[1/2] no end 1', '[1/2] out 1', '[2/2] no end 2', '[2/2] out 2']);
    expect(sorted(stderr)).toEqual(['[1/2] err 1', '[2/2] err 2']);
  });

  test('has no numbers with `--no-prefix`', async () => {
    const { stdout, stderr } = await shards(2, '--no-prefix', '--', ...shell(both));
    expect([sorted(stdout), sorted(stderr)]).toEqual([
      ['no end 1', 'no end 2', 'out 1', 'out 2'],
      ['err 1', 'err 2'],
    ]);
  });

  test('is that of each shard as a whole with `--group`, in the order of their ends', async () => {
    const second = join(place().path, 'second');
    // The first goes on when the second has ended, and that was seen.
    const waits = `until [ -s ${second} ]; do sleep 0.01; done; while kill -0 $(cat ${second}); do sleep 0.01; done 2>&-`;
    const script = `echo a{i}; echo e{i} >&2; if [ {i} = 1 ]; then ${waits}; else echo $$ > ${second}; fi; echo b{i}; exit {i}`;
    const { code, stdout, stderr } = await shards(2, '--group', '--', ...shell(script));
    expect([code, stdout]).toEqual([1, 'a2\nb2\na1\nb1\n']);
    expect(stderr.replaceAll(/after \d+ s: .*/g, '')).toBe(
      'carpool: shard 2/2, exit code 2 \ne2\ncarpool: shard 1/2, exit code 1 \ne1\n' +
        'carpool: 2 of 2 shards failed: 1/2 (exit code 1), 2/2 (exit code 2)\n',
    );
  });

  test(
    'of a shard waits where nobody reads, and all of it comes when somebody does',
    { timeout: 120_000 },
    async () => {
      const bytes = 96 * 1024 * 1024;
      const pids = join(place().path, 'pids');
      const script = `echo $$ >> ${pids}; : {i}; head -c ${bytes} /dev/zero | tr '\\0' 'x' | fold -w 1000`;
      const [file = '', ...args] = commandLine('run', '--shards', '2', '--concurrency', '2', '--', ...shell(script));
      const { path } = place();
      const env = { ...process.env, TMPDIR: path, NO_COLOR: '1', [addressVariable]: undefined };
      const running = spawn(file, args, { cwd: path, env, stdio: ['ignore', 'pipe', 'inherit'] });
      closing({ close: () => running.kill('SIGKILL') });
      await until('both run', () => existsSync(pids) && pidsIn(pids).length === 2);
      const { pid } = running;
      const memory = (): number =>
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024;
      /** The processor time that it has taken. */
      const ticks = (): string => readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ').slice(13, 15).join();
      let [last, same] = ['', 0];
      await until('it does nothing more', () => {
        const now = ticks();
        same = now === last ? same + 1 : 0;
        last = now;
        return same > 100;
      });
      expect(pidsIn(pids).every(alive)).toBe(true);
      const ended = once(running, 'exit');
      let [most, count, chunks] = [0, 0, 0];
      for await (const chunk of running.stdout) {
        // It is the highest so far.
        if (chunks++ % 100 === 0 && running.exitCode === null) most = memory();
        count += (chunk as Uint8Array).length;
      }
      // A prefix and an end for each line.
      const all = 2 * (bytes + Math.ceil(bytes / 1_000) * '[1/2] \n'.length);
      expect([await ended, count]).toEqual([[0, null], all]);
      expect(most).toBeLessThan(240 * 1024 * 1024);
    },
  );

  test('of shards whose reader is gone ends them, as in a pipe', async () => {
    const running = start('run', '--shards', '2', '--concurrency', '2', '--', ...shell('yes {i}'));
    await once(running.process.stdout!, 'data');
    running.process.stdout?.destroy();
    running.ended.catch(noop); // of the stdout that is read no more
    const [code] = (await once(running.process, 'exit')) as [number];
    // A failed write, or SIGPIPE.
    expect(code).toBeGreaterThan(0);
  });

  test.skipIf(terminal.path === undefined)(
    `has colours on a terminal, and so has what shards print${terminal.reason}`,
    async () => {
      const command = commandLine('run', '--shards', '2', '--', ...shell('echo $FORCE_COLOR {i}'));
      const { path } = place();
      const env = { PATH: process.env['PATH'], TERM: 'xterm-256color', TMPDIR: path };
      const made = spawn('script', ['-qec', command.map((word) => `'${word}'`).join(' '), '/dev/null'], {
        cwd: path,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      closing({ close: () => made.kill('SIGKILL') });
      let shown = '';
      made.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
      await once(made, 'close');
      expect(sorted(shown.replaceAll('\r', ''))).toEqual(
        ['\u001b[35m[2/2]\u001b[39m 2 2', '\u001b[36m[1/2]\u001b[39m 2 1'].toSorted(),
      );
    },
  );
});

test('where what they print cannot be kept all shards are ended, and that is thrown', async () => {
  const pids = join(place().path, 'pids');
  appendFileSync(pids, '');
  const both = `until [ "$(wc -l < ${pids})" = 2 ]; do sleep 0.02; done`;
  const script = `echo $$ >> ${pids}; ${both}; [ {i} = 1 ] && echo more; sleep 1000`;
  const full = new Error('ENOSPC');
  const write = (): never => {
    throw full;
  };
  const shards = new Shards(shardsOf(shell(script), 2), {
    concurrency: 2,
    bail: false,
    env: process.env,
    output: () => ({ write, end: async () => {} }),
    running: noop,
  });
  await expect(shards.run()).rejects.toBe(full);
  expect(pidsIn(pids).map(alive)).toEqual([false, false]);
});

describe('the exit code', () => {
  test.for([
    [0, 'exit 0', undefined],
    [3, 'exit $(( {i} == 1 ? 0 : {i} + 1 ))', '2 of 3 shards failed: 2/3 (exit code 3), 3/3 (exit code 4)'],
    [137, '[ {i} = 1 ] || kill -9 $$', '2 of 3 shards failed: 2/3 (SIGKILL), 3/3 (SIGKILL)'],
  ] as const)('is %i where each shard does: %s', async ([code, script, line]) => {
    const ended = await shards(3, '--', ...shell(`: {i}; ${script}`));
    expect(ended).toEqual({ code, stdout: '', stderr: line === undefined ? '' : `carpool: ${line}\n` });
  });

  test('is 127 where there is no such command, which is said once', async () => {
    const message = 'carpool: Cannot run "no-such-command": there is no such file, and no such program in PATH\n';
    expect(await shards(3, '--', 'no-such-command', '{i}')).toEqual({ code: 127, stdout: '', stderr: message });
  });
});

describe('--bail', () => {
  test('ends the others by SIGINT, and starts no other; the exit code is that of the one that has failed', async () => {
    const ready = join(place().path, 'ready');
    const waits = `process.on('SIGINT', () => { console.log('interrupted'); process.exit(9); }); setInterval(() => {}, 1e6); require('node:fs').writeFileSync('${ready}', '')`;
    const fails = `const { existsSync } = require('node:fs'); setInterval(() => existsSync('${ready}') && process.exit(5), 5)`;
    const script = `if (process.argv[1] === '1') { ${waits} } else { ${fails} }`;
    const ended = await carpool(
      'run',
      '--shards',
      '3',
      '--concurrency',
      '2',
      '--bail',
      '--',
      node,
      '-e',
      script,
      '{i}',
    );
    expect(ended).toEqual({
      code: 5,
      stdout: '[1/3] interrupted\n',
      stderr: 'carpool: 1 of 3 shards failed: 2/3 (exit code 5); stopped: 1/3; not started: 3/3\n',
    });
  });

  test('ends one that takes neither SIGINT nor SIGTERM by SIGKILL, with what it has started', async () => {
    const pids = join(place().path, 'pids');
    const stays = `trap "" INT TERM; echo $$ >> ${pids}; while :; do sleep 0.02; done`;
    const script = `if [ {i} = 1 ]; then trap '' INT TERM; sh -c '${stays}' & ${stays}; fi; until [ "$(wc -l < ${pids})" = 2 ]; do sleep 0.02; done; exit 5`;
    const groups: number[] = [];
    const shards = new Shards(shardsOf(shell(script), 2), {
      concurrency: 2,
      bail: true,
      env: process.env,
      output: () => ({ write: () => undefined, end: async () => {} }),
      running: (leaders) => groups.push(leaders.length),
      stopTimes: { interrupt: 50, terminate: 50, kill: 5_000 },
    });
    appendFileSync(pids, '');
    expect(await shards.run()).toEqual([
      { name: '1/2', end: { code: null, signal: 'SIGKILL', stopped: true } },
      { name: '2/2', end: { code: 5, signal: null, stopped: false } },
    ]);
    expect(pidsIn(pids).map(alive)).toEqual([false, false]);
    expect(groups).toEqual([1, 2, 1, 0]);
  });

  test('without it the others go on', async () => {
    const { code, stdout } = await shards(2, '--', ...shell('[ {i} = 2 ] || exit 4; sleep 0.1; echo done'));
    expect([code, stdout]).toEqual([4, '[2/2] done\n']);
  });
});

describe('signals', () => {
  test.for([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s reaches all that run; no other is started; there is one summary', async ([signal, code]) => {
    config({ echoes: 'echo' });
    const running = start('run', '--shards', '3', '--concurrency', '2', '--', node, session, '1', 'wait', '{i}');
    let open = '';
    running.process.stdout!.on('data', (chunk) => (open += chunk));
    await until('both have a session', () => linesOf(open).length === 2);
    running.process.kill(signal);
    const ended = await running.ended;
    expect(ended.code).toBe(code);
    expect(linesOf(ended.stderr)).toEqual([
      expect.stringMatching(/^carpool: echoes: 1 child, 2 sessions, peak 2/),
      `carpool: 2 of 3 shards failed: 1/3 (${signal}), 2/3 (${signal}); not started: 3/3`,
    ]);
  });

  test.skipIf(terminal.path === undefined)(
    `a Ctrl-C of a terminal reaches each shard once, through a shell too${terminal.reason}`,
    async () => {
      const { path } = place();
      const counts = join(path, 'counts');
      const counter = write(
        'counter.mjs',
        `import { appendFileSync } from 'node:fs';
        let count = 0;
        const end = () => {
          appendFileSync(${JSON.stringify(counts)}, count + '\\n');
          process.exit(40 + count);
        };
        process.on('SIGINT', () => count++ || setTimeout(end, 300));
        console.log('ready');
        setInterval(() => {}, 1e6);`,
      );
      // The shell ends at once, and the program later.
      const wrapper = write('wrapper.sh', `${node} ${counter}; exit $?\n`);
      const command = commandLine('run', '--shards', '2', '--concurrency', '2', '--', 'sh', wrapper, '{i}');
      const quoted = command.map((word) => `'${word}'`).join(' ');
      const env = { ...process.env, TMPDIR: path, [addressVariable]: undefined };
      const made = spawn('script', ['-qec', quoted, '/dev/null'], {
        cwd: path,
        env,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      closing({ close: () => made.kill('SIGKILL') });
      let shown = '';
      made.stdout.on('data', (chunk) => (shown += chunk));
      await until('both are ready', () => shown.match(/ready/g)?.length === 2);
      made.stdin.write('\x03');
      await once(made, 'exit');
      expect(readFileSync(counts, 'utf8')).toBe('1\n1\n');
    },
  );

  test(
    'nothing is left when `carpool run` itself is killed, also of shards that take no SIGTERM',
    { timeout: 60_000 },
    async () => {
      config({ echoes: 'echo' });
      const pids = join(place().path, 'pids');
      const inner = `require('node:fs').appendFileSync('${pids}', process.pid + '\\n'); process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)`;
      const script = `trap '' TERM; "${node}" -e "${inner}" & "${node}" "${session}" 1; wait; : {i}`;
      const running = start('run', '--shards', '2', '--concurrency', '2', '--', ...shell(script));
      await until('both run', () => existsSync(pids) && pidsIn(pids).length === 2);
      running.process.kill('SIGKILL');
      expect(await once(running.process, 'exit')).toEqual([null, 'SIGKILL']);
      await until('they are gone', () => !pidsIn(pids).some(alive), 20_000);
      await until('the host is gone', () => census(place().path).folders.length === 0, 20_000);
    },
  );
});

describe('what the shards share', () => {
  test('is there for one that starts when another has ended', async () => {
    const journal = join(place().path, 'journal');
    const words = ['--', node, program, 'shares', journal, '{i}'];
    expect(await carpool('run', '--shards', '3', '--concurrency', '1', ...words)).toMatchObject({
      code: 0,
      stderr: '',
    });
    const lines = linesOf(readFileSync(journal, 'utf8'));
    expect(lines.filter((line) => line === 'computed')).toHaveLength(1);
    const got = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    // What the one before had is free again.
    const all = ['ann', 'ben', 'cas'];
    expect(got.map(({ value, names }) => [value, names])).toEqual([
      ['of 1', all],
      ['of 1', all],
      ['of 1', all],
    ]);
  });

  test('one value is computed once, a lock is held by one, no port and no name is given twice; also with equal workers', async () => {
    const journal = join(place().path, 'journal');
    appendFileSync(journal, '');
    const command = [
      'env',
      'VITEST_POOL_ID=1',
      'JEST_WORKER_ID=1',
      node,
      program,
      'shares',
      journal,
      'together',
      '{i}',
    ];
    expect(await shards(4, '--', ...command)).toMatchObject({ code: 0, stderr: '' });
    const lines = linesOf(readFileSync(journal, 'utf8'));
    expect(lines.filter((line) => line === 'computed')).toHaveLength(1);
    const turns = lines.filter((line) => line === 'enters' || line === 'leaves');
    expect(turns).toEqual(Array.from({ length: 20 }, () => ['enters', 'leaves']).flat());
    const got = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    expect(new Set(got.map(({ value }) => value)).size).toBe(1);
    const ports = got.flatMap((one) => one.ports as number[]);
    expect([ports.length, new Set(ports).size]).toEqual([8, 8]);
    expect(got.flatMap(({ names }) => names as string[]).toSorted()).toEqual(['ann', 'ben', 'cas']);
  });

  test('who holds what is named with its shard', async () => {
    const file = join(place().path, 'db');
    const script = `[ {i} = 1 ] && exec "${node}" "${program}" holds ${file}; "${node}" "${program}" 'wants it now' ${file}; kill $(cat ${file}.held)`;
    const { stdout } = await shards(2, '--', ...shell(script));
    expect(stdout).toMatch(
      /^\[2\/2\] Cannot acquire lock "db" at once: held for \d+ ms by a file \(.*shard\.mjs:\d+:\d+\) in shard 1\/2\n$/,
    );
  });

  test('what a killed shard holds is given back to the others', async () => {
    const file = join(place().path, 'db');
    const script = `[ {i} = 1 ] && exec "${node}" "${program}" holds ${file}; "${node}" "${program}" waits ${file}`;
    const running = start('run', '--shards', '2', '--concurrency', '2', '--', ...shell(script));
    await once(running.process.stdout!, 'data');
    process.kill(Number(readFileSync(`${file}.held`, 'utf8')), 'SIGKILL');
    const { code, stdout, stderr } = await running.ended;
    expect([code, stdout, stderr]).toEqual([
      137,
      '[2/2] waits\n[2/2] has it\n',
      'carpool: 1 of 2 shards failed: 1/2 (SIGKILL)\n',
    ]);
  });

  test('one child serves all of them; the summary is one', async () => {
    config({ echoes: 'echo' });
    const { code, stdout, stderr } = await shards(4, '--', node, session, '{i}');
    expect([code, sorted(stdout)]).toEqual([0, ['[1/4] open', '[2/4] open', '[3/4] open', '[4/4] open']]);
    expect(stderr).toMatch(/^carpool: echoes: 1 child, 10 sessions, peak \d+, longest wait \d+ ms\n$/);
  });
});

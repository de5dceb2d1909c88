// `carpool run`: its exit code is the command's, signals reach the command, and one host serves whatever runs inside.
import { optionalProgram } from '@carpool/test-harness/programs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { program, programProtocol } from '../support/pools.ts';
import { addressVariable } from '../../src/wire/address.ts';
import { closing, place } from '../support/pools.ts';
import { carpool, commandLine, config, start, write } from './carpool.ts';

/** Of util-linux: it makes a terminal, whose foreground is a command. */
const terminal = optionalProgram(['script']);

const node = process.execPath;
const session = fileURLToPath(new URL('session.mjs', import.meta.url));
const evaluate = (script: string): string[] => [node, '-e', script];

describe('the exit code', () => {
  test.for([0, 1, 42])('is that of the command: %s', async (code) => {
    config({ echoes: 'echo' });
    expect(await carpool('run', '--', ...evaluate(`process.exit(${code})`))).toEqual({ code, stdout: '', stderr: '' });
  });

  test.for([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGKILL', 137],
  ] as const)('is 128 and the number of the signal that ended it: %s', async ([signal, code]) => {
    config({ echoes: 'echo' });
    const ended = await carpool(
      'run',
      '--',
      ...evaluate(`process.kill(process.pid, '${signal}'); setTimeout(() => {}, 1e6)`),
    );
    expect(ended).toEqual({ code, stdout: '', stderr: '' });
  });

  test('is 1 where a shared worker has crashed, whether or not the command has noticed', async () => {
    config({});
    const worker = write(
      'crashes.mjs',
      `export default async ({ negotiateProtocol }) => {
        for await (const message of negotiateProtocol(['ava-4']).ready().subscribe()) {
          message.reply('soon');
          setTimeout(() => { throw new Error('with nobody looking'); }, 1);
        }
      };`,
    );
    const program = fileURLToPath(new URL('crashes-later.mjs', import.meta.url));
    const { code, stdout, stderr } = await carpool('run', '--', node, program, worker);
    expect([code, stdout]).toEqual([1, 'soon\n']);
    expect(stderr).toMatch(
      /^carpool: The run fails because the shared worker \S*crashes\.mjs crashed: with nobody looking$/m,
    );
  });

  test('is 127 where there is no such command, which is reported in one sentence', async () => {
    config({ echoes: 'echo' });
    const message = 'carpool: Cannot run "no-such-command": there is no such file, and no such program in PATH\n';
    expect(await carpool('run', '--', 'no-such-command', '--flag')).toEqual({ code: 127, stdout: '', stderr: message });
  });

  test('is 126 where it cannot be run', async () => {
    config({ echoes: 'echo' });
    const file = write('no-program', 'nothing');
    const { code, stderr } = await carpool('run', '--', file);
    expect(code).toBe(126);
    expect(stderr).toMatch(/^carpool: Cannot run ".*no-program": spawn .* EACCES\n$/);
  });
});

test('what is wrong and fails nothing is said: a stray line at once, and ends that were not confirmed after the run', async () => {
  const close = { send: { type: 'reset' }, expect: { type: 'close' } };
  const pools = { echoes: program('prints-to-stdout', { closeTimeout: 100, protocol: { ...programProtocol, close } }) };
  write('carpool.config.mjs', `export default ${JSON.stringify({ pools })};`);
  const { stderr } = await carpool('run', '--', node, session);
  expect(stderr).toMatch(/^carpool: pool "echoes": the child printed to its stdout .*: Welcome to Prints 1\.0!$/m);
  expect(stderr).toMatch(
    /^carpool: warning: echoes: the child did not confirm the end of 1 session; the first was session s1: not within 100 ms; expected \{type: "close"\} \(`close\.expect`\), and \{type: "closed", session: "s1"\} came$/m,
  );
});

describe('signals', () => {
  test.for([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s is passed on; the host ends after the command', async ([signal, code]) => {
    config({ echoes: 'echo' });
    const running = start('run', '--', node, session, '1', 'wait');
    await once(running.process.stdout!, 'data');
    running.process.kill(signal);
    const { stderr, ...ended } = await running.ended;
    expect(ended).toEqual({ code, stdout: 'open\n' });
    expect(stderr).toContain('carpool: echoes: 1 child, 1 session, peak 1');
  });

  test('a command may take one and end in its own way', async () => {
    config({ echoes: 'echo' });
    const script = `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1e6); console.log('ready')`;
    const running = start('run', '--', ...evaluate(script));
    await once(running.process.stdout!, 'data');
    running.process.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 7 });
  });

  test.skipIf(terminal.path === undefined)(
    `a Ctrl-C of a terminal reaches the command once${terminal.reason}`,
    async () => {
      config({ echoes: 'echo' });
      const script = `
      let count = 0;
      process.on("SIGINT", () => count++ || setTimeout(() => process.exit(40 + count), 300));
      console.log("ready"); setInterval(() => {}, 1e6);
    `;
      const command = commandLine('run', '--', ...evaluate(script));
      const quoted = `exec ${command.map((word) => `'${word}'`).join(' ')}`;
      const { path } = place();
      const env = { ...process.env, TMPDIR: path, [addressVariable]: undefined };
      const made = spawn('script', ['-qec', quoted, '/dev/null'], {
        cwd: path,
        env,
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      closing({ close: () => made.kill('SIGKILL') });
      await once(made.stdout, 'data');
      made.stdin.write('\x03');
      expect(await once(made, 'exit')).toEqual([41, null]);
    },
  );

  test('nothing is left of the host and its children when `carpool run` itself is killed', async () => {
    config({ echoes: 'echo' });
    const running = start('run', '--', node, session, '1', 'wait');
    await once(running.process.stdout!, 'data');
    // The command goes on, as with any parent; this one ends when it has lost the host.
    running.process.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ code: null });
  });
});

describe('the host', () => {
  test('is shared by everything that runs inside; a summary of the pools is printed to stderr', async () => {
    config({ echoes: 'echo', unused: 'echo' });
    const shell = `"${node}" "${session}" 2 & "${node}" "${session}" 3 & wait`;
    const { code, stdout, stderr } = await carpool('run', '--', 'sh', '-c', shell);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'open\nopen\n' });
    expect(stderr).toMatch(/^carpool: echoes: 1 child, 5 sessions, peak \d, longest wait \d+ ms\n$/);
  });

  test('loads the config that is named', async () => {
    config({ echoes: 'echo' }, 'other.config.mjs');
    const { code, stderr } = await carpool('run', '--config', 'other.config.mjs', '--', node, session);
    expect(code).toBe(0);
    expect(stderr).toContain('carpool: echoes: 1 child, 1 session');
  });

  test('with an invalid config runs no command', async () => {
    const file = write('carpool.config.mjs', `export default { pools: { echoes: { comand: 'x' } } };`);
    const { code, stdout, stderr } = await carpool('run', '--', ...evaluate('console.log("ran")'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(file);
    expect(stderr).toContain('pools.echoes.comand');
    expect(stderr).toMatch(/^carpool: .* \[CONFIG_INVALID\]\n$/s);
    expect(stderr).not.toContain('    at ');
  });

  test('needs no config for locks and ports', async () => {
    const { code, stdout } = await carpool('run', '--', ...evaluate('console.log(process.env.CARPOOL_ADDRESS)'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^carpool:/);
  });

  test('must find the config that is named', async () => {
    const named = ['--config', 'nowhere.config.mjs'];
    const { code, stderr } = await carpool('run', ...named, '--', ...evaluate('console.log("ran")'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^carpool: .*nowhere\.config\.mjs.*\[CONFIG_INVALID\]\n$/);
  });
});

describe('options', () => {
  test('after the command are the command’s own', async () => {
    config({ echoes: 'echo' });
    const { stdout } = await carpool('run', 'sh', '-c', 'echo "$1"', 'sh', '--config');
    expect(stdout.trim()).toBe('--config');
  });

  test('that do not exist are named', async () => {
    const ended = await carpool('run', '--confg', 'x', '--', node);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^error: unknown option '--confg'/);
  });

  test('without a command are not enough', async () => {
    const { code, stderr } = await carpool('run');
    expect({ code, stderr }).toEqual({ code: 1, stderr: "error: missing required argument 'command'\n" });
  });
});

test('a value of `once` is cleaned up when the command has ended, by the module that it names', async () => {
  config({});
  const cleanup = write(
    'drop.mjs',
    'export default (value) => process.stderr.write(`dropped ${value.name}, ${value.data.length}\\n`);',
  );
  const program = fileURLToPath(new URL('makes-once.mjs', import.meta.url));
  const ended = await carpool('run', '--', node, program, cleanup);
  expect(ended).toEqual({ code: 0, stdout: 'made db1\n', stderr: 'dropped db1, 300000\n' });
});

/** `carpool completion`: what a Tab does in real shells, in a terminal. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { optionalProgram, python } from '@carpool/test-harness/programs';
import { describe, expect, test } from 'vitest';
import { shells, type Shell } from '../../src/cli/completion/scripts.ts';
import { configured, run, worker } from '../machine/support.ts';
import { place } from '../support/pools.ts';
import { typedIn } from '../support/terminal.ts';
import { carpool, commandLine } from './carpool.ts';

/** How each is started without the user's files, and what makes Ctrl-G write the line that is being edited to `line`. */
const started: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['bash', '--norc', '--noprofile', '-i'],
  zsh: ['zsh', '-f', '-i'],
  fish: ['fish', '--no-config', '-i'],
};
const prepared: Readonly<Record<Shell, string>> = {
  bash: `PS1='READY''> '; bind 'set completion-query-items 0' 2>/dev/null; bind -x '"\\C-g": printf %s "$READLINE_LINE" > line'; source <(carpool completion bash)`,
  zsh: `PS1='READY''> '; autoload -Uz compinit; compinit -u; dump() { print -rn -- "$BUFFER" > line }; zle -N dump; bindkey '^G' dump; source <(carpool completion zsh)`,
  fish: `function fish_prompt; printf 'READY%s' '> '; end; bind \\cg 'commandline > line'; carpool completion fish | source`,
};

/** A project of this test, with `carpool` on the path, and files to be completed. */
function project(): { readonly path: string; readonly env: NodeJS.ProcessEnv } {
  const { path } = place();
  const bin = join(path, 'bin');
  mkdirSync(bin);
  const [node = '', main = ''] = commandLine();
  writeFileSync(join(bin, 'carpool'), `#!/bin/sh\nexec '${node}' '${main}' "$@"\n`);
  chmodSync(join(bin, 'carpool'), 0o755);
  writeFileSync(join(path, 'other.config.ts'), '');
  const { PATH = '' } = process.env;
  return {
    path,
    env: {
      PATH: bin + delimiter + PATH,
      HOME: path,
      TMPDIR: path,
      XDG_CONFIG_HOME: path,
      XDG_DATA_HOME: path,
      TERM: 'xterm',
      LANG: 'C.UTF-8',
    },
  };
}

/** The line after these keys were typed, with Tabs. */
async function lineAfter(shell: Shell, keys: string): Promise<string> {
  const { path, env } = project();
  const command = started[shell];
  const said = await typedIn(
    ['sh', '-c', `printf begin; exec ${command.join(' ')}`],
    [
      ['begin', `${prepared[shell]}\r`],
      // The first one may be that of the line before, with the marker in two parts.
      ['READY> ', `${keys}\u0007\u0015exit\r`],
    ],
    { cwd: path, env },
  );
  expect(said).toContain('READY> ');
  return readFileSync(join(path, 'line'), 'utf8').trimEnd();
}

describe.for(shells)('%s', (shell) => {
  const program = optionalProgram([shell]);
  const missing = [program, python].find(({ path }) => path === undefined);
  const reason = missing?.reason ?? '';

  test.skipIf(missing !== undefined).for([
    ['a subcommand', 'carpool meas\t', 'carpool measure'],
    ['an option', 'carpool check --conf\t', 'carpool check --config'],
    ['a choice', 'carpool init --runner play\t', 'carpool init --runner playwright'],
    ['one behind an equals sign', 'carpool init --dialect=redi\t', 'carpool init --dialect=redis'],
    ['a file', 'carpool check --config oth\t', 'carpool check --config other.config.ts'],
    ['a file behind an equals sign', 'carpool check --config=oth\t', 'carpool check --config=other.config.ts'],
    ['the program that is run', 'carpool run -- mkfif\t', 'carpool run -- mkfifo'],
    ['its files', 'carpool run -- cat oth\t', 'carpool run -- cat other.config.ts'],
    ['nothing where a time is wanted', 'carpool serve --idle oth\t', 'carpool serve --idle oth'],
    ['one subcommand after another word', 'FOO=1 carpool hel\t', 'FOO=1 carpool help'],
  ] as const)(`completes %s${reason}`, async ([, keys, line]) => {
    expect(await lineAfter(shell, keys)).toBe(line);
  });

  test.skipIf(missing !== undefined)(`evaluates nothing of what is being written${reason}`, async () => {
    const keys = 'carpool check "$(touch evaluated)" --conf\t';
    expect(await lineAfter(shell, keys)).toBe('carpool check "$(touch evaluated)" --config');
    expect(() => readFileSync(join(place().path, 'evaluated'))).toThrow('ENOENT');
  });
});

test('asks for the names of what runs, and of the last run', async () => {
  const { path } = place();
  mkdirSync(join(path, 'node_modules'));
  configured();
  const host = await run({ host: 'run' });
  const session = await (await worker(host)).register('echoes', {});
  const { stdout: stoppable } = await carpool('complete', '--', 'stop', '');
  expect(stoppable.split('\n')).toEqual([
    'none',
    expect.stringMatching(/^\d+\tthe host of a run$/),
    expect.stringMatching(new RegExp(`^${process.pid}\ta test, `)),
    '',
  ]);
  await session.unregister();
  await host.stop();
  expect((await carpool('complete', '--', 'check', '')).stdout).toBe('none\nechoes\t\n');
  expect((await carpool('complete', '--', 'measure', '--pool=e')).stdout).toBe('none\n--pool=echoes\t\n');
  expect((await carpool('complete', '--', 'report', '')).stdout).toMatch(/^files\n\/.*\.jsonl\t\n$/);
  const [, timeline = ''] = (await carpool('complete', '--', 'report', '')).stdout.trimEnd().split('\n');
  const transcript = timeline.trimEnd().replace(/\.jsonl$/, '.transcript.jsonl');
  writeFileSync(transcript, '');
  for (const words of [
    ['replay', ''],
    ['transcript', ''],
    ['transcript', '--run', ''],
    ['replay', '-i', 'x', ''],
  ])
    expect((await carpool('complete', '--', ...words)).stdout).toBe(`files\n${transcript}\t\n`);
  expect((await carpool('complete', '--', 'stop', '')).stdout).toBe('none\n');
});

test('the script of a shell that is not known is refused', async () => {
  const { code, stderr } = await carpool('completion', 'tcsh');
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
  expect(code).toBe(1);
});

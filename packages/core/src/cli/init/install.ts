/** The package manager of the project. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { resolveCommand } from 'package-manager-detector/commands';
import { LOCKS } from 'package-manager-detector/constants';
import { noop } from '../../base/noop.ts';
import { messageOf } from '../../base/thrown.ts';
import { exitCodeOf } from '../run/outcome.ts';
import type { Project } from './project.ts';
import { Refusal } from './refusal.ts';

/** The command that adds packages to `devDependencies`. */
export function installCommand({ agent, workspace }: Project, packages: readonly string[]): readonly string[] {
  const names = agent === 'deno' ? packages.map((name) => `npm:${name}`) : packages;
  const resolved = resolveCommand(agent, 'add', ['-D', ...names], { ignoreWorkspaceRootCheck: workspace });
  return resolved === null ? ['npm', 'i', '-D', ...names] : [resolved.command, ...resolved.args];
}

/** Runs it, with all that it prints on stderr. @throws Refusal if it fails */
export async function install({ root }: Project, command: readonly string[]): Promise<void> {
  const [file = '', ...args] = command;
  // On Windows `npm` is a script, which only a shell runs, and to that a `^` of a range means something else.
  const shell = process.platform === 'win32';
  const child = spawn(file, shell ? args.map((each) => `"${each}"`) : args, {
    cwd: root,
    stdio: ['inherit', 2, 2],
    shell,
  });
  // It ends, and then this does, with nothing written. Ctrl-C reaches it by itself.
  const forward = (signal: NodeJS.Signals): unknown => child.kill(signal);
  process.on('SIGINT', noop);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  let ended: string | undefined;
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code !== 0) ended = `it ended with ${exitCodeOf({ code, signal })}`;
  } catch (thrown) {
    ended = messageOf(thrown);
  } finally {
    process.off('SIGINT', noop);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.off(signal, forward);
  }
  if (ended !== undefined) throw new Refusal(`\`${command.join(' ')}\` has failed, and nothing is written: ${ended}`);
}

/** Lock files of the project, from its root with slashes, in its folder and those above. */
export function lockFiles(root: string): string[] {
  const names = Object.keys(LOCKS);
  const found: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    const here = names.filter((name) => existsSync(join(folder, name)));
    found.push(...here.map((name) => relative(root, join(folder, name)).split(sep).join('/')));
    if (dirname(folder) === folder || existsSync(join(folder, '.git'))) return found;
  }
}

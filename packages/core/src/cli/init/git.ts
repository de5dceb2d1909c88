/** What git knows of files that are edited, and the command that undoes it. */
import { spawnSync } from 'node:child_process';

export class Repository {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** That of this folder. Undefined where there is none, or no git. */
  static of(root: string): Repository | undefined {
    const repository = new Repository(root);
    return repository.#run('rev-parse', '--git-dir') === undefined ? undefined : repository;
  }

  /** Those that a checkout brings back. @param files from the folder of this repository */
  tracked(files: readonly string[]): string[] {
    return files.length === 0 ? [] : this.#list('ls-files', '-z', '--', ...files);
  }

  /** Those that a checkout would not bring back as they are: with changes that are not committed, or not known to git. */
  uncommitted(files: readonly string[]): string[] {
    if (files.length === 0) return [];
    const committed = new Set(this.#list('ls-tree', '-z', '--name-only', 'HEAD', '--', ...files));
    const changed = new Set(this.#list('diff', '--name-only', '--relative', '-z', 'HEAD', '--', ...files));
    return files.filter((file) => !committed.has(file) || changed.has(file));
  }

  #list(...args: string[]): string[] {
    return (this.#run(...args) ?? '').split('\0').filter((it) => it !== '');
  }

  #run(...args: string[]): string | undefined {
    const { status, stdout } = spawnSync('git', args, { cwd: this.#root, encoding: 'utf8' });
    return status === 0 ? stdout : undefined;
  }
}

export interface Written {
  readonly edited: readonly string[];
  readonly added: readonly string[];
}

/** The line that undoes it. */
export function undoLine(repository: Repository | undefined, { edited, added }: Written): string {
  const tracked = repository?.tracked(edited) ?? [];
  const rest = edited.filter((file) => !tracked.includes(file));
  const commands = [
    ...(tracked.length === 0 ? [] : [`git checkout -- ${words(tracked)}`]),
    ...(added.length === 0
      ? []
      : [repository === undefined ? `rm ${words(added)}` : `git clean -fqx -- ${words(added)}`]),
  ];
  const undo = commands.length === 0 ? [] : [`Undo: ${commands.join(' && ')}`];
  const lost = rest.length === 0 ? [] : [`git does not know ${rest.join(', ')}: take those lines out by hand`];
  return [...lost, ...undo].join('\n');
}

function words(files: readonly string[]): string {
  return files.map((file) => (/^[\w./@+-]+$/.test(file) ? file : JSON.stringify(file))).join(' ');
}

/** A project that `carpool init` is run in, with a package manager that only writes down what it is asked. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { place } from '../support/pools.ts';
import { commandLine, type Ended } from './carpool.ts';

export class InitProject {
  readonly root: string;
  /** What stands in for npm and the others, and their record. */
  readonly #tools: string;

  constructor(files: Readonly<Record<string, string | object>>, folder = 'project') {
    const { path } = place();
    this.root = join(path, folder);
    this.#tools = join(path, 'tools');
    mkdirSync(this.root, { recursive: true });
    for (const [file, content] of Object.entries(files))
      this.write(file, typeof content === 'string' ? content : `${JSON.stringify(content, undefined, 2)}\n`);
  }

  write(file: string, content: string): void {
    const path = join(this.root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  /** All files but those of git: name → text. */
  files(): Record<string, string> {
    const all = readdirSync(this.root, { recursive: true, encoding: 'utf8' });
    const own = all.filter((file) => !/^(?:\.git|node_modules)(?:\/|$)/.test(file));
    const texts = own.filter((file) => statSync(join(this.root, file)).isFile());
    return Object.fromEntries(texts.toSorted().map((file) => [file, this.read(file)]));
  }

  /** @param script what the package manager does, in Node, after it has written down its arguments */
  manager(name: string, script = ''): void {
    mkdirSync(this.#tools, { recursive: true });
    const file = join(this.#tools, name);
    const record = JSON.stringify(join(this.#tools, 'record'));
    writeFileSync(
      file,
      `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
appendFileSync(${record}, process.argv.slice(2).join(' ') + '\\n');
${script}
`,
    );
    chmodSync(file, 0o755);
  }

  /** What package managers were asked. */
  get asked(): string {
    const file = join(this.#tools, 'record');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  get env(): NodeJS.ProcessEnv {
    const path = `${this.#tools}${delimiter}${process.env['PATH']}`;
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_|pnpm_|CARPOOL_|FORCE_COLOR|NO_COLOR|NODE_DISABLE_COLORS|CI$)/i.test(name),
    );
    return { ...Object.fromEntries(own), PATH: path, TMPDIR: place().path };
  }

  /** `carpool init`, without a terminal. */
  async init(...args: string[]): Promise<Ended> {
    const [file = '', ...words] = commandLine('init', ...args);
    const child = spawn(file, words, { cwd: this.root, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { code: code as number | null, stdout, stderr };
  }

  /** A command of a shell, such as one that was printed. @throws what it has printed, where it fails */
  shell(command: string): string {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd: this.root,
      env: this.env,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${command}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Everything that is there so far is committed. */
  commit(): void {
    const author = '-c user.name=test -c user.email=test@example.org -c commit.gpgsign=false';
    this.shell(`git init -q && git add -A && git ${author} commit -q -m start`);
  }
}

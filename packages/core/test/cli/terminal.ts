/** A command in a terminal of its own: keys go in, and what it draws is read from the screen of an emulator. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { python } from '@carpool/test-harness/programs';
import xterm from '@xterm/headless';
import type { UserIds } from '../support/other-user.ts';
import { closing, place } from '../support/pools.ts';
import { commandLine } from './carpool.ts';

/** Passes lines of stdin on: `k` hexadecimal bytes to type, `s` rows and columns, `x` a signal. At the end it says how the terminal was left. */
const script = `
import fcntl, json, os, pty, select, signal, struct, sys, termios
command, rows, columns = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
master, slave = pty.openpty()
def resize(rows, columns):
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
resize(rows, columns)
before = termios.tcgetattr(slave)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(slave, fd)
    os.close(master)
    if len(sys.argv) > 4:
        os.setgroups([])
        os.setgid(int(sys.argv[5]))
        os.setuid(int(sys.argv[4]))
    os.execv(command[0], command)
code, pending, open_in = None, b"", True
while True:
    reads, _, _ = select.select([master] + ([0] if open_in else []), [], [], 0.05)
    if master in reads:
        data = os.read(master, 65536)
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    elif code is not None:
        break
    if 0 in reads:
        data = os.read(0, 65536)
        open_in = len(data) > 0
        pending += data
        *lines, pending = pending.split(b"\\n")
        for line in lines:
            kind, _, rest = line.decode().partition(" ")
            if kind == "k":
                os.write(master, bytes.fromhex(rest))
            elif kind == "s":
                resize(*map(int, rest.split()))
            elif kind == "x":
                os.kill(pid, getattr(signal, rest))
    if code is None:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
after = termios.tcgetattr(slave)
sys.stderr.write(json.dumps({"code": code, "restored": before[3] == after[3]}))
`;

/** Milliseconds in which something must be shown. */
const limit = 15_000;

export interface LeftTerminal {
  /** Negative: the number of the signal that has ended it. */
  readonly code: number;
  /** It takes lines and shows what is typed, as before. */
  readonly restored: boolean;
}

export interface TerminalOptions {
  readonly columns: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whose command it is, as root can start it. Default: that of this user. */
  readonly user?: UserIds;
}

export class CommandTerminal {
  /** All that was written to it. */
  output = '';
  readonly left: Promise<LeftTerminal>;
  readonly #process: ChildProcess;
  readonly #screen: xterm.Terminal;
  #changed = Promise.withResolvers<void>();

  constructor(args: readonly string[], { columns, rows = 20, env = {}, user }: TerminalOptions) {
    this.#screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const words = ['-c', script, JSON.stringify(commandLine(...args)), String(rows), String(columns)];
    if (user !== undefined) words.push(String(user.uid), String(user.gid));
    const own = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(?:CARPOOL_|FORCE_COLOR|NO_COLOR|CI$)/.test(name)),
    );
    const { path } = place();
    const child = (this.#process = spawn(python.path ?? 'python3', words, {
      cwd: path,
      env: { ...own, TERM: 'xterm-256color', TMPDIR: path, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    }));
    closing({ close: () => child.kill('SIGKILL') });
    child.stdout!.setEncoding('utf8');
    child.stdout!.on('data', (chunk: string) => {
      this.output += chunk;
      this.#screen.write(chunk, () => {
        this.#changed.resolve();
        this.#changed = Promise.withResolvers();
      });
    });
    this.left = Promise.all([text(child.stderr!), once(child, 'close')]).then(
      ([said]) => JSON.parse(said) as LeftTerminal,
    );
    this.left.catch(() => {}); // what ends the test before has its own reason
  }

  /** What is on the screen, line by line. */
  get lines(): string[] {
    const { active } = this.#screen.buffer;
    return Array.from({ length: this.#screen.rows }, (_, at) =>
      (active.getLine(active.baseY + at)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  get picture(): string {
    return this.lines.join('\n');
  }

  /** It draws beside what was there before. */
  get isAlternate(): boolean {
    return this.#screen.buffer.active.type === 'alternate';
  }

  /** Resolves when the picture has it. @throws Error with the picture when the command has ended without, or in a while */
  async shows(wanted: RegExp): Promise<void> {
    let over = false;
    const ended = this.left.then(
      () => (over = true),
      () => (over = true),
    );
    const late = setTimeout(() => {
      over = true;
      this.#changed.resolve();
    }, limit);
    try {
      while (!wanted.test(this.picture)) {
        if (over) throw new Error(`${wanted.source} is not shown:\n${this.picture}`);
        await Promise.race([this.#changed.promise, ended]);
      }
    } finally {
      clearTimeout(late);
    }
  }

  type(keys: string): void {
    this.#say(`k ${Buffer.from(keys).toString('hex')}`);
  }

  resize(columns: number, rows: number): void {
    this.#screen.resize(columns, rows);
    this.#say(`s ${rows} ${columns}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#say(`x ${name}`);
  }

  #say(line: string): void {
    this.#process.stdin!.write(`${line}\n`);
  }
}

/**
 * Ends process groups when this process is gone, which may be killed: of one that has a host of its own the host does that.
 * A process of its own, because nothing in a killed one would; it is started with the first group.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { noop } from '../base/noop.ts';
import type { GroupLeader } from '../wire/control.ts';

export class GroupGuard {
  readonly #main: string;
  #guard: ChildProcess | undefined;
  #over = false;

  /** @param main the program of a host */
  constructor(main: string) {
    this.#main = main;
  }

  /** In place of those of before. */
  owns(groups: readonly GroupLeader[]): void {
    if (this.#over || process.platform === 'win32') return;
    if (this.#guard === undefined && groups.length === 0) return;
    this.#guard ??= this.#start();
    this.#guard.stdin?.write(`${JSON.stringify(groups)}\n`);
  }

  /** They are ended by this process, or go on. */
  close(): void {
    this.#over = true;
    this.#guard?.kill('SIGKILL');
  }

  #start(): ChildProcess {
    const guard = spawn(process.execPath, [this.#main, '--guard'], {
      // A session of its own: a Ctrl-C or a signal to this process's group must not end it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '' },
      windowsHide: true,
    });
    // Without it they are as they would be without a guard.
    guard.on('error', noop);
    guard.stdin.on('error', noop);
    guard.unref();
    (guard.stdin as unknown as { unref(): void }).unref();
    return guard;
  }
}

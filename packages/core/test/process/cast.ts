/** Children for tests: the programs of test/programs, what they send, and a check that none outlives its test. */
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import type { Child, ChildOptions, ChildSpec } from '../../src/process/child.ts';
import { startChild } from '../../src/process/start-child.ts';
import { factsOf } from '../../src/process/identity.ts';

export function programPath(name: string): string {
  return fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));
}

export function program(name: string, ...flags: string[]): ChildSpec & { args: string[] } {
  return { command: process.execPath, args: [programPath(name), ...flags] };
}

// What the running test has started. Checked and emptied after each test of the file that imports this.
const children = new Set<Child>();
const census = new Set<number>();

afterEach(async () => {
  await Promise.allSettled([...children].map((child) => child.kill()));
  const left = await stillThere([...census]);
  children.clear();
  census.clear();
  for (const pid of left) process.kill(pid, 'SIGKILL');
  if (left.length > 0) throw new Error(`This test has left processes behind: ${left.join(', ')}`);
});

/** Starts a child that is killed after the test, and must then be gone with whatever it has started. */
export async function start(spec: ChildSpec, options: ChildOptions = {}): Promise<Child> {
  const child = await startChild(spec, options);
  children.add(child);
  mustBeGone(child.pid);
  return child;
}

/** At the end of the test no process with this number may run. */
export function mustBeGone(...pids: number[]): void {
  for (const pid of pids) census.add(pid);
}

/** The pids that still run after a grace period. A zombie counts as gone: it only waits for init. */
export async function stillThere(pids: readonly number[], milliseconds = 20_000): Promise<number[]> {
  const left = (): number[] => pids.filter((pid) => isThere(pid));
  const deadline = performance.now() + milliseconds;
  while (left().length > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  return left();
}

export function isThere(pid: number): boolean {
  const facts = factsOf(pid);
  return facts !== undefined && !facts.zombie;
}

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Talks JSON lines with a child. */
export class Talk {
  readonly #child: Child;
  readonly #inbox: Message[] = [];
  #text = '';
  #wake: () => void = () => {};

  constructor(child: Child) {
    this.#child = child;
    child.output.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  say(message: Message): void {
    this.#child.input.write(`${JSON.stringify(message)}\n`);
  }

  async hear(type: string): Promise<Message> {
    for (;;) {
      const at = this.#inbox.findIndex((message) => message.type === type);
      if (at >= 0) return this.#inbox.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async ask(message: Message): Promise<Message> {
    this.say(message);
    return this.hear('reply');
  }

  #receive(chunk: Buffer): void {
    const lines = (this.#text + chunk.toString()).split('\n');
    this.#text = lines.pop() ?? '';
    this.#inbox.push(...lines.map((line) => JSON.parse(line) as Message));
    this.#wake();
  }
}

/** Starts a program and waits for its hello: by then it has installed its signal handlers. */
export async function greeted(name: string, ...flags: string[]): Promise<{ child: Child; talk: Talk }> {
  const child = await start(program(name, '--hello-at-once', ...flags));
  const talk = new Talk(child);
  await talk.hear('hello');
  return { child, talk };
}

export interface Family {
  readonly child: Child;
  readonly talk: Talk;
  readonly grandchild: number;
}

/** Like `greeted`, with a grandchild in the group of the child. */
export function withGrandchild(...flags: string[]): Promise<Family> {
  return familyOf('forks-grandchild', ...flags);
}

/** Like `greeted`, for a program that prints the pid of its grandchild on stderr. */
export async function familyOf(name: string, ...flags: string[]): Promise<Family> {
  let found: (pid: number) => void = () => {};
  let stderr = '';
  const said = new Promise<number>((resolve) => (found = resolve));
  const onStderr = (chunk: Uint8Array): void => {
    stderr += Buffer.from(chunk).toString();
    const pid = /grandchild (\d+)\n/.exec(stderr)?.[1];
    if (pid !== undefined) found(Number(pid));
  };
  const spec = { ...program(name, '--hello-at-once', ...flags), stderr: 'forward' as const };
  const child = await start(spec, { onStderr });
  const talk = new Talk(child);
  await talk.hear('hello');
  const grandchild = await said;
  mustBeGone(grandchild);
  return { child, talk, grandchild };
}

/** What the process makes of bytes that are no message: without a pool, which would not send any. */
import { spawn, type StdioOptions } from 'node:child_process';
import type { Writable } from 'node:stream';
import { endsWithin } from './confirmation.ts';
import { type Check, type ProtocolSubject } from './subject.ts';

const garbage = new Uint8Array([...new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'), 0xff, 0xfe, 0x0a, 0xc1, 0xc1]);
const patience = 5_000;

interface Fed {
  /** Undefined: it did not end when its input ended. */
  readonly code: number | string | undefined;
  /** Lines on stderr. */
  readonly said: number;
}

export const garbageCheck: Check = {
  title: 'garbage on stdin is said on stderr',
  async run(subject) {
    const { command, server } = subject;
    if (server !== undefined) return 'was not looked at: a server takes no messages on stdin';
    if (typeof command === 'function') return 'was not looked at: `command` is a function';
    const [silence, fed] = [await feed(subject, command, new Uint8Array()), await feed(subject, command, garbage)];
    if (fed.code === undefined)
      return 'does not end when its input ends after garbage: a mistake of the codec will be a wait, not an error';
    if (fed.said > silence.said) return undefined;
    if (fed.code !== 0) return `ends at garbage (${fed.code}) and does not say why on stderr`;
    return 'passes over garbage and says nothing: a message that it cannot read is a request without a reply, until `requestTimeout`';
  },
};

async function feed(subject: ProtocolSubject, command: string, input: Uint8Array): Promise<Fed> {
  const { args = [], cwd, env, stdio: pair = { in: 0, out: 1 } } = subject;
  const stdio = Array.from({ length: Math.max(2, pair.in, pair.out) + 1 }, () => 'pipe') satisfies StdioOptions;
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio });
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | string>();
  let said = 0;
  child.on('error', reject);
  // It may end before it has read everything: that is no fault.
  child.stdio[pair.in]?.on('error', () => {});
  child.stdio[pair.out]?.on('data', () => {});
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString().split('\n').length - 1));
  child.on('close', (code, signal) => resolve(code ?? signal ?? 'no code'));
  (child.stdio[pair.in] as Writable).end(input);
  const hasEnded = await endsWithin(ended, patience);
  child.kill('SIGKILL');
  const code = await ended;
  return { code: hasEnded ? code : undefined, said };
}

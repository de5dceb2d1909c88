/** A program in a terminal of its own, and what is typed there. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { python } from '@carpool/test-harness/programs';
import { closing } from './pools.ts';

// Answers are typed when their question is there.
const script = `
import fcntl, json, os, pty, struct, sys, termios
command, keys = json.loads(sys.argv[1]), json.loads(sys.argv[2])
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
    os.execvp(command[0], command)
said = b""
while True:
    try:
        read = os.read(fd, 65536)
    except OSError:
        break
    if not read:
        break
    said += read
    while keys and keys[0][0].encode() in said:
        os.write(fd, keys[0][1].encode())
        said_before, said = said, b""
        sys.stdout.buffer.write(said_before)
        keys.pop(0)
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/**
 * Resolves when it has ended, with what it has printed.
 * @param keys pairs of what must have been printed, and what is typed then
 */
export async function typedIn(
  command: readonly string[],
  keys: readonly (readonly [string, string])[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  const args = ['-c', script, JSON.stringify(command), JSON.stringify(keys)];
  const child = spawn(python.path ?? 'python3', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  closing({ close: () => child.kill('SIGKILL') });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(stderr).toBe('');
  return stdout;
}

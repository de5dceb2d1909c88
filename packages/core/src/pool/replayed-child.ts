/** In the place of a process where a pool is answered from recordings: nothing is started, and nothing of it can be seen. */
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import type { Child } from '../process/child.ts';
import type { ExitStatus } from '../process/exit.ts';
import { SourceFiles } from '../process/source-files.ts';

/** @param ended its transport ends */
export async function replayedChild(clock: Clock, ended: () => void): Promise<Child> {
  const { promise: exited, resolve } = Promise.withResolvers<ExitStatus>();
  const since = clock.now();
  let status: ExitStatus | undefined;
  const end = (): Promise<ExitStatus> => {
    if (status === undefined) {
      status = { kind: 'exited', code: 0 };
      resolve(status);
      ended();
    }
    return exited;
  };
  return {
    // That of no process.
    pid: 0,
    startTime: undefined,
    file: '',
    sources: await SourceFiles.of({ file: '', args: [], cwd: '/', watch: false }),
    get input(): Writable {
      throw new Error('A replayed child has no pipes');
    },
    get output(): Readable {
      throw new Error('A replayed child has no pipes');
    },
    exited,
    drained: exited.then(() => {}),
    get status() {
      return status;
    },
    printed: { stdout: 0, stderr: 0 },
    stderrTail: () => '',
    stdoutTail: () => '',
    age: () => clock.now() - since,
    ref() {},
    unref() {},
    stop: end,
    kill: end,
  };
}

// A host whose process answers nothing, and does not end: the system may hold one in a call of its own.
import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { HostProcess } from './host-process.ts';

class StuckProcess extends EventEmitter {
  readonly pid = undefined;
  readonly exitCode = null;
  readonly signalCode = null;
  readonly stdout = null;
  readonly stderr = null;
  readonly signals: string[] = [];
  /** How often it keeps this process running. */
  held = 0;
  readonly control = Object.assign(new PassThrough(), { bytesRead: 0, ref: () => {}, unref: () => {} });
  readonly stdio = [null, null, null, this.control];

  kill(signal: string): boolean {
    this.signals.push(signal);
    return true;
  }

  ref(): void {
    this.held++;
  }

  unref(): void {
    this.held--;
  }
}

test('one that does not end after SIGKILL is not waited for, does not hold up this process, and is told', async () => {
  const stuck = new StuckProcess();
  const said: string[] = [];
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const host = new HostProcess(stuck as unknown as ChildProcess, {
    main: '',
    env: {},
    project: { root: '/' },
    configTimeout: 1_000,
  });
  await expect(host.stop()).resolves.toBeUndefined();
  stderr.mockRestore();
  expect([stuck.signals, stuck.held]).toEqual([['SIGKILL'], 0]);
  expect(said.at(-1)).toBe(
    'carpool: The host (process undefined) has not ended within 2000 ms after SIGKILL: the system holds it. What it has started is ended by the next host\n',
  );
});

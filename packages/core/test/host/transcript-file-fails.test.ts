/** A transcript that cannot be written while the system is still writing a part of it. */
import { close, fstatSync, readFileSync, writeSync, type write } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { TranscriptFile } from '../../src/process/transcript-file.ts';
import { FakeClock } from '../support/clock.ts';
import { place } from '../support/pools.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return {
    ...real,
    close: vi.fn<typeof real.close>(real.close),
    writeSync: vi.fn<typeof real.writeSync>(real.writeSync),
  };
});

const header = { carpoolTranscript: 1, carpool: '1.2.3', folder: '/code', pid: 1, zero: 0 } as const;

test.each([
  { ends: 'has done it', error: null },
  { ends: 'could not do it either', error: new Error('ENOSPC: no space left') },
])('a flush that fails is told once, and the file is closed once when the system $ends', async ({ error }) => {
  const file = join(place().path, 'a.transcript.jsonl');
  const warn = vi.fn<(message: string) => void>();
  let system:
    | { readonly descriptor: number; readonly told: (error: Error | null, written: number) => void }
    | undefined;
  const slow = ((descriptor: number, ...args: unknown[]) => {
    system = { descriptor, told: args.at(-1) as (error: Error | null, written: number) => void };
  }) as typeof write;
  const transcript = new TranscriptFile({ file, header, clock: new FakeClock(), warn, write: slow });
  transcript.add('s', { e: 'event', m: 'x'.repeat(70_000) });
  vi.mocked(writeSync).mockImplementationOnce(() => {
    throw new Error('EIO: i/o error');
  });
  vi.mocked(close).mockClear();
  transcript.flush();
  const { descriptor = -1, told } = system ?? {};
  // The system would write into what gets its number next.
  expect(fstatSync(descriptor).isFile()).toBe(true);
  told?.(error, error === null ? 70_000 : 0);
  await vi.waitFor(() => expect(() => fstatSync(descriptor)).toThrow('EBADF'));
  transcript.close();
  expect(vi.mocked(close)).toHaveBeenCalledOnce();
  expect(warn.mock.calls).toEqual([['the transcript of this run is not kept: EIO: i/o error']]);
  expect(readFileSync(file, 'utf8')).toBe('');
});

/** The transcript of a run on the host of a machine, at the end of its run. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { PeerRun, type HostedRuns, type PeerRunOptions } from '../../src/host/hub/peer-run.ts';
import type { ServedRun } from '../../src/host/served-run.ts';
import { MachineRun } from '../../src/machine/machine-run.ts';
import { TranscriptFile } from '../../src/process/transcript-file.ts';
import type { HostSummary } from '../../src/wire/control.ts';
import type { OpenRunRequest } from '../../src/wire/machine-messages.ts';
import { place } from '../support/pools.ts';

const config = {
  pools: {},
  sharedWorkers: {},
  locks: { names: [], patterns: [] },
  transcript: true,
  file: undefined,
  folder: '/',
} as unknown as Parameters<MachineRun['openTranscript']>[0];
const tooLarge = 2 * 1024 * 1024 * 1024;

/** A run whose sessions end with `ending`. */
async function runEnding(ending: (transcript: TranscriptFile) => void) {
  const { path } = place();
  mkdirSync(join(path, 'node_modules'));
  const run = { id: 'one', folder: path, pid: process.pid, runner: 'a test' };
  const request = { method: 'openRun', run, env: {}, cwd: path, root: path, configTimeout: 1_000 } as OpenRunRequest;
  const summary: HostSummary = { pools: [], crashes: [] };
  let transcript: TranscriptFile | undefined;
  const close = async (): Promise<boolean> => {
    if (transcript !== undefined) ending(transcript);
    return await Promise.resolve(true);
  };
  const hosted = new MachineRun({
    runner: { print: (text) => expect.unreachable(text), hangUp: () => {} },
    request,
    // Of what serves a run, its end and what it says at the end are enough here.
    served: { summary: () => summary, close } as unknown as ServedRun,
    path: join(path, 'socket'),
    client: undefined,
    folder: path,
    over: () => {},
  });
  transcript = await hosted.openTranscript(config);
  if (transcript === undefined) throw new Error('The run has no transcript');
  return { hosted, request, transcript };
}

test('messages that find no room in it while sessions end are in the summary of the run', async () => {
  const { hosted, request, transcript } = await runEnding((file) => {
    for (let message = 0; message < 3; message++) expect(file.takes(tooLarge)).toBe(false);
  });
  const runs = { open: async () => await Promise.resolve(hosted) } as unknown as HostedRuns;
  const options = { hub: { runs }, owners: { hold: () => {} } } as unknown as PeerRunOptions;
  const peer = new PeerRun(options);
  await peer.answer(request);
  expect(await peer.answer({ method: 'summary' })).toEqual({ pools: [], crashes: [], transcript: undefined });
  expect(await peer.answer({ method: 'closeRun' })).toEqual({
    pools: [],
    crashes: [],
    transcript: `3 messages are not in the transcript of this run, ${transcript.file}: with 1024 MiB it is full`,
  });
});

test('what sessions have said at their end is written before it is closed, which holds no other run up', async () => {
  const { hosted, transcript } = await runEnding((file) => {
    file.add('shop/s1', { e: 'open', pool: 'shop', protocol: 'p' });
    file.add('shop/s1', { e: 'closed' });
  });
  const written: string[] = [];
  const close = transcript.close.bind(transcript);
  vi.spyOn(transcript, 'close').mockImplementation(() => {
    written.push(readFileSync(transcript.file, 'utf8'));
    close();
  });
  await hosted.close();
  const text = readFileSync(transcript.file, 'utf8');
  const end = text.trimEnd().lastIndexOf('\n') + 1;
  expect(text.slice(0, end)).toContain('"e":"closed"');
  expect(text.slice(end)).toContain('"e":"end"');
  expect(written).toEqual([text.slice(0, end)]);
});

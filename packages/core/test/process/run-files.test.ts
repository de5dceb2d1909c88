/** Which of what is kept of runs is the last, and what is removed to make room. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { keptTranscripts } from '../../src/process/kept-runs.ts';
import {
  laterTranscripts,
  poolsTranscriptOf,
  removeOldTranscripts,
  runFileName,
  runFiles,
  runsFolder,
  transcriptFileOf,
  transcriptFiles,
} from '../../src/process/run-files.ts';
import { transcriptsOf } from '../../src/recordings/transcripts-of.ts';
import { place } from '../support/pools.ts';

const began = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const header = '{"carpoolTranscript":1,"zero":1}\n';
const end = '{"e":"end","t":5,"dropped":0}\n';
const elevenMinutes = 11 * 60 * 1000;

/** Of a process that has ended. */
function pidOfNone(): number {
  const { pid, status } = spawnSync(process.execPath, ['--version']);
  expect(status).toBe(0);
  return pid;
}

/** The folder of the runs of a project. */
function folderOfRuns(): string {
  mkdirSync(join(place().path, 'node_modules'));
  const folder = runsFolder(place().path) ?? '';
  mkdirSync(folder, { recursive: true });
  return folder;
}

test.each(['a run', 'pools'] as const)(
  'the transcript of %s that its process may still write stays, however idle and old it is',
  (kind) => {
    const [folder, gone] = [folderOfRuns(), pidOfNone()];
    const write = (at: number, pid: number, text: string): string => {
      const run = runFileName(began + at, pid);
      const name = kind === 'a run' ? transcriptFileOf(run) : poolsTranscriptOf(run, 1);
      writeFileSync(join(folder, name), text);
      return name;
    };
    const line = `{"t":1,"s":"s","e":"event","m":"${'é'.repeat(1_000)}"}\n`;
    const idle = write(0, process.pid, header + line);
    const empty = write(1, process.pid, '');
    write(2, process.pid, header + line + end);
    write(3, gone, header + line);
    const later = [4, 5, 6, 7].map((at) => write(at, gone, header + end));
    removeOldTranscripts(folder, Date.now() + elevenMinutes);
    expect(readdirSync(folder).toSorted()).toEqual([idle, empty, ...later].toSorted());
  },
);

test('of many transcripts of one process the one with the highest number is the last', async () => {
  const folder = folderOfRuns();
  const run = runFileName(began, pidOfNone());
  const names = Array.from({ length: 12 }, (_, at) => poolsTranscriptOf(run, at + 1));
  for (const name of names) writeFileSync(join(folder, name), header + end);
  const lastFirst = names.toReversed();
  expect(transcriptFiles(folder).map((file) => basename(file))).toEqual(lastFirst);
  expect(keptTranscripts(place().path).map((file) => basename(file))).toEqual(lastFirst);
  expect((await transcriptsOf(folder)).map((file) => basename(file))).toEqual(lastFirst);
  removeOldTranscripts(folder, Date.now() + elevenMinutes);
  expect(transcriptFiles(folder).map((file) => basename(file))).toEqual(lastFirst.slice(0, 4));
});

test('what runs said comes before what pools in process said, and of both the later first', async () => {
  const folder = folderOfRuns();
  const pid = pidOfNone();
  const [early, late] = [runFileName(began, pid), runFileName(began + 1, pid)];
  const names = [
    transcriptFileOf(late),
    transcriptFileOf(early),
    poolsTranscriptOf(late, 2),
    poolsTranscriptOf(early, 1),
  ];
  for (const name of names) writeFileSync(join(folder, name), header + end);
  // Not theirs: a timeline, and files of others.
  for (const name of [late, 'x.transcript.jsonl', `${late}.old`]) writeFileSync(join(folder, name), '{}\n');
  expect(transcriptFiles(folder).map((file) => basename(file))).toEqual(names);
  expect(runFiles(folder)).toEqual([join(folder, late)]);
  expect(keptTranscripts(place().path).map((file) => basename(file))).toEqual(names);
  expect((await transcriptsOf(folder)).map((file) => basename(file))).toEqual(names);
});

test('runs that began in one millisecond are in the order of their pids', () => {
  const folder = folderOfRuns();
  const names = [9, 99, 100].map((pid) => transcriptFileOf(runFileName(began, pid)));
  for (const name of names) writeFileSync(join(folder, name), header + end);
  expect(transcriptFiles(folder).map((file) => basename(file))).toEqual(names.toReversed());
  expect(names.map((name) => laterTranscripts(join(folder, name)))).toEqual([2, 1, 0]);
});

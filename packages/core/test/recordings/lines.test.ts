/** Lines of transcripts, which may be larger than the memory. */
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replaySource } from '../../src/recordings/folder.ts';
import { linesOf, textAt, type Line } from '../../src/recordings/lines.ts';
import { TranscriptReader } from '../../src/recordings/transcript-reader.ts';
import { place } from '../support/pools.ts';

const piece = 1024 * 1024;
const header = JSON.stringify({ carpoolTranscript: 1, carpool: '1.2.3', folder: '/', pid: 1, zero: 0 });

function written(name: string, text: string): string {
  const file = join(place().path, name);
  writeFileSync(file, text);
  return file;
}

async function all(file: string): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const batch of linesOf(file)) lines.push(...batch);
  return lines;
}

test('lines have their places, in whichever pieces they are read; empty ones are counted, and passed over', async () => {
  const texts = ['é'.repeat(10), '', 'x'.repeat(piece * 2), '→', 'y'.repeat(piece - 7), 'not to its end'];
  const file = written('a.jsonl', texts.join('\n'));
  const lines = await all(file);
  expect(lines.map(({ text }) => text)).toEqual(texts.filter((text) => text !== ''));
  expect(lines.map(({ number }) => number)).toEqual([1, 3, 4, 5, 6]);
  expect(lines.map(({ isLast }) => isLast)).toEqual([false, false, false, false, true]);
  await using opened = await open(file);
  for (const { text, offset, length } of lines) expect(await textAt(opened, offset, length)).toBe(text);
});

test('a line that no transcript has is refused before it fills the memory, also by a replay', async () => {
  const file = written('a.jsonl', '');
  truncateSync(file, 300 * piece);
  await expect(all(file)).rejects.toThrow('its line 1 has more than 256 MiB');
  await expect(replaySource(file, place().path)).rejects.toMatchObject({
    code: 'NOT_RECORDED',
    message: expect.stringContaining('its line 1 has more than 256 MiB') as string,
  });
});

test('of a folder, what is no transcript is not read to its end', async () => {
  const folder = join(place().path, 'kept');
  mkdirSync(folder);
  const file = join(folder, 'a.jsonl');
  writeFileSync(file, '');
  truncateSync(file, 300 * piece);
  await expect(replaySource(folder, place().path)).rejects.toThrow('there is no transcript in it, no *.jsonl');
});

test('what is not there is named once', async () => {
  const missing = join(place().path, 'none');
  await expect(replaySource(missing, place().path)).rejects.toThrow(
    `Cannot replay ${missing}: there is no such file. Record`,
  );
});

test('what a folder names and has not, as a link to what was removed, is no transcript of it', async () => {
  const folder = join(place().path, 'kept');
  mkdirSync(folder);
  symlinkSync(join(folder, 'removed'), join(folder, 'a.jsonl'));
  await expect(replaySource(folder, place().path)).rejects.toThrow('there is no transcript in it, no *.jsonl');
});

test('what stands before a damaged line is read', async () => {
  const open = { t: 1, s: '1', e: 'open', pool: 'echoes', protocol: 'echo' };
  const reader = new TranscriptReader(written('a.jsonl', `${header}\n${JSON.stringify(open)}\n{"damaged\n`));
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const batch of reader.events()) seen.push(...batch.map(({ event }) => event));
  })();
  await expect(reading).rejects.toThrow('line 3 is damaged');
  expect(seen).toEqual([open]);
});

import { expect, test } from 'vitest';
import { transcriptHeader, transcriptLine, transcriptVersion, type TranscriptHeader } from './transcript.ts';

const header: TranscriptHeader = {
  carpoolTranscript: transcriptVersion,
  carpool: '1.2.3',
  runner: 'vitest',
  folder: '/code/app',
  pid: 5,
  zero: 1_000,
};

test('the first line says what the file is', () => {
  expect(transcriptHeader(JSON.stringify({ ...header, later: true }))).toEqual({ ...header, later: true });
});

test.each([
  ['of nothing', '', 'it is not the transcript of a run'],
  ['that is no JSON', '{"carpoolTranscript":1', 'it is not the transcript of a run'],
  ['that is a list', '[1]', 'it is not the transcript of a run'],
  ['of a timeline', '{"carpoolTimeline":1}', 'it is not the transcript of a run'],
  ['with less than it needs', '{"carpoolTranscript":1,"zero":5}', 'its first line is damaged'],
  [
    'of a newer version',
    JSON.stringify({ ...header, carpoolTranscript: 2, carpool: '9.0.0' }),
    'it has version 2, and this command, of an older Carpool, reads version 1: use that of carpool 9.0.0',
  ],
])('a first line %s is refused', (_, line, message) => {
  expect(() => transcriptHeader(line)).toThrow(new Error(message));
});

test('a line is an event, also of a kind that is not known yet', () => {
  expect(transcriptLine('{"t":1.5,"s":"a","e":"event","m":{}}', 2)).toEqual({ t: 1.5, s: 'a', e: 'event', m: {} });
  expect(transcriptLine('{"t":1,"s":"a","e":"applause"}', 2)).toEqual({ t: 1, s: 'a', e: 'applause' });
  expect(transcriptLine('{"t":1,"e":"end","dropped":0}', 9)).toEqual({ t: 1, e: 'end', dropped: 0 });
});

test.each(['', '{"t":1,"s":"a","e":"eve', 'null', '{"t":1,"e":"event"}', '{"s":"a","e":"event"}', '{"t":1,"s":"a"}'])(
  'a line that is none says which one it is: %s',
  (line) => {
    expect(() => transcriptLine(line, 7)).toThrow(new Error('its line 7 is damaged'));
  },
);

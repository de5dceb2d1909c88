/** A transcript as sessions. What was said in them is read when it is wanted: a transcript may be larger than the memory. */
import { open } from 'node:fs/promises';
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { fileFault, messageOf } from '../base/thrown.ts';
import { transcriptHeader, transcriptLine, type TranscriptEvent, type TranscriptHeader } from '../base/transcript.ts';
import {
  headOf,
  sessionOf,
  type RecordedHead,
  type RecordedSession,
  type Recording,
} from '../replay/recorded-session.ts';
import { linesOf, textAt, type Line } from './lines.ts';

export interface RecordedTranscript {
  readonly path: string;
  readonly header: TranscriptHeader;
  /** In the order of their opening. */
  readonly recordings: readonly Recording[];
  /** It ends in the middle of a line: what follows was not written. */
  readonly isCut: boolean;
}

/** How a line of a message begins, if it is written as Carpool writes it: it need not be parsed to know whose it is. */
const ofMessage =
  /^\{"t":[\d.]+,"s":"([^"\\]+)","e":"(?:send|request|answer|reply|step|refusal|event|ask|lost|cancel|refuse)"/;
const beginning = 200;

/** Where the lines of a session are, as numbers: offset, length and number of each. */
class Place {
  head: RecordedHead | undefined;
  readonly lines: number[] = [];
}

/** @throws CarpoolError NOT_RECORDED: one sentence on what is wrong with it */
export async function recordedTranscript(path: string): Promise<RecordedTranscript> {
  try {
    return await read(path);
  } catch (thrown) {
    if (isCarpoolError(thrown)) throw thrown;
    throw new CarpoolError('NOT_RECORDED', `Cannot replay ${path}: ${fileFault(thrown, path)}`, { cause: thrown });
  }
}

async function read(path: string): Promise<RecordedTranscript> {
  const places = new Map<string, Place>();
  let header: TranscriptHeader | undefined;
  let isCut = false;
  for await (const lines of linesOf(path))
    for (const line of lines) {
      if (header === undefined) {
        header = transcriptHeader(line.text);
        continue;
      }
      const session = ofMessage.exec(line.text.slice(0, beginning))?.[1];
      // It is the last one.
      if (line.isLast && !isWhole(line.text)) isCut = true;
      else if (session === undefined) take(places, line, header.folder);
      else add(places, session, line);
    }
  if (header === undefined) throw new Error('it is empty');
  const recordings = [...places.values()].flatMap(({ head, lines }) =>
    head === undefined ? [] : { head, load: () => load(path, head, lines) },
  );
  return { path, header, recordings, isCut };
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function add(places: Map<string, Place>, session: string, { offset, length, number }: Line): Place {
  const place = places.get(session) ?? new Place();
  places.set(session, place);
  place.lines.push(offset, length, number);
  return place;
}

function take(places: Map<string, Place>, line: Line, folder: string): void {
  const event = transcriptLine(line.text, line.number);
  if (event.e === 'end') return;
  const place = add(places, event.s, line);
  if (event.e === 'open' || event.e === 'taken') place.head = headOf(event, place.head, { folder, line: line.number });
  else if (event.e === 'opened' && place.head !== undefined) place.head = { ...place.head, id: event.id };
  else if (event.e === 'close' && place.head !== undefined)
    place.head = { ...place.head, ended: { t: event.t, line: line.number } };
}

/** @throws CarpoolError NOT_RECORDED */
async function load(path: string, head: RecordedHead, lines: readonly number[]): Promise<RecordedSession> {
  try {
    await using file = await open(path, 'r');
    const events: (readonly [TranscriptEvent, number])[] = [];
    for (let at = 0; at < lines.length; at += 3) {
      const [offset = 0, length = 0, number = 0] = lines.slice(at, at + 3);
      const event = transcriptLine(await textAt(file, offset, length), number);
      if (event.e !== 'end') events.push([event, number]);
    }
    return sessionOf(head, events);
  } catch (thrown) {
    throw new CarpoolError('NOT_RECORDED', `Cannot replay session ${head.s} of ${path}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

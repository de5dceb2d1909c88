/** The messages of a run, where a transcript was kept of it. */
import { TranscriptReader } from '../../recordings/transcript-reader.ts';
import { messageOf } from '../../base/thrown.ts';
import type { RunMessages } from '../../report/messages.ts';
import { transcriptOf } from '../../process/kept-runs.ts';
import { MessageCollector } from './collect-messages.ts';

/**
 * Never rejects: of a transcript that is damaged, it has what was read before that, and a note.
 * @param path of the timeline
 * @param zero of its times, milliseconds since 1970
 */
export async function messagesOf(path: string, zero: number): Promise<RunMessages | undefined> {
  const file = transcriptOf(path);
  if (file === undefined) return undefined;
  const reader = new TranscriptReader(file);
  let collector = new MessageCollector(0);
  const notes: string[] = [];
  try {
    const header = await reader.header();
    collector = new MessageCollector(header.zero - zero);
    let dropped = 0;
    for await (const batch of reader.events())
      for (const { text, event } of batch) {
        collector.add(event, text.length);
        if (event.e === 'end') dropped = event.dropped;
      }
    if (dropped > 0)
      notes.push(`${dropped} messages are not in the transcript, because it was full, or the disk too slow.`);
  } catch (thrown) {
    notes.push(`Messages are missing: the transcript cannot be read to its end: ${messageOf(thrown)}.`);
  }
  if (collector.left > 0)
    notes.push(`The messages of ${collector.left} sessions are left out: there are too many for a page.`);
  return { sessions: collector.sessions, note: notes.length === 0 ? undefined : notes.join(' ') };
}

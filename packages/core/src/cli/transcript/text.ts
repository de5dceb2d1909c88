/** A transcript for people: a line for each event, with its time, its session, where a message went, and the message. Pure. */
import { duration, nameOf } from '../../base/holder-label.ts';
import { printable } from '../../base/printable.ts';
import { recordedValue, Unrecorded } from '../../base/transcript-value.ts';
import type {
  TranscriptEnd,
  TranscriptEvent,
  TranscriptHeader,
  TranscriptMessage,
  TranscriptOpen,
  TranscriptTaken,
} from '../../base/transcript.ts';
import { describeBinary, describeMessage } from '../../codec/describe.ts';

const sent = new Set<string>(['send', 'request', 'answer']);

/** "transcript of a run of vitest in /code/web, 2026-11-29 08:00:00 UTC" */
export function headerText({ runner, folder, zero, pid }: TranscriptHeader): string {
  const at = new Date(zero).toISOString().replace('T', ' ').slice(0, 19);
  return printable(
    `transcript of a run${runner === undefined ? '' : ` of ${runner}`} in ${folder}, ${at} UTC, process ${pid}`,
  );
}

/** Without a line feed; `undefined`: it is of a kind that a newer Carpool has added. */
export function eventText(event: TranscriptEvent | TranscriptEnd): string | undefined {
  const what = describe(event);
  if (what === undefined) return undefined;
  const time = `${(Math.round(event.t * 10) / 10).toFixed(1)} ms`.padStart(12);
  return event.e === 'end' ? `${time}  ${what}` : `${time}  ${printable(event.s)}  ${what}`;
}

function describe(event: TranscriptEvent | TranscriptEnd): string | undefined {
  switch (event.e) {
    case 'open': {
      const child = event.child === undefined ? '' : `, on child ${event.child}`;
      const params = event.params === undefined ? '' : `, with ${shown(event.params)}`;
      const hello = event.hello === undefined ? '' : `, which has said ${shown(event.hello)}`;
      const whose = event.warm === true ? 'opens ahead of the test that will have it' : `opens, of ${holder(event)}`;
      return `${whose}${child}${hello}${params}`;
    }
    case 'taken':
      return `is taken by ${holder(event)}`;
    case 'opened':
      return `is open${event.opened === undefined ? '' : `: ${shown(event.opened)}`}`;
    case 'cancel':
      return `→ request ${event.n} is given up`;
    case 'refuse':
      return `→ question ${event.n} gets no answer: ${printable(event.reason)}`;
    case 'close':
      return `ends ${printable(event.reason)}${event.code === undefined ? '' : `: ${event.code} ${printable(event.message ?? '')}`}`;
    case 'closed': {
      const notes = [
        event.unconfirmed === true ? 'its child has not confirmed it' : '',
        event.failed === true ? 'its test has failed' : '',
        event.dropped === undefined ? '' : `${event.dropped} of its messages are not here`,
      ].filter((note) => note !== '');
      return `has ended${notes.length === 0 ? '' : `: ${notes.join(', ')}`}`;
    }
    case 'failed':
      return 'its test has failed';
    case 'end':
      return `the run is over, after ${duration(event.t)}`;
    default:
      return 'm' in event ? message(event) : undefined;
  }
}

function message({ e, n, m, in: phase }: TranscriptMessage): string {
  const arrow = sent.has(e) ? '→' : '←';
  const own = phase === undefined ? '' : ` (to ${phase} it)`;
  return `${arrow} ${e}${n === undefined ? '' : ` ${n}`}${own}  ${shown(m)}`;
}

function shown(recorded: TranscriptMessage['m']): string {
  const value = recordedValue(recorded);
  return value instanceof Unrecorded
    ? `<${printable(value.what)}>`
    : printable(describeMessage(value, Infinity, 'whole', describeBytes));
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// eslint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Bytes that are text are shown as they are in the file, where no secrets were looked for in them: its reader is to see that. */
function describeBytes(bytes: ArrayBufferView): string {
  const text = textOf(bytes);
  return text === undefined ? describeBinary(bytes) : `<${bytes.byteLength} bytes ${JSON.stringify(text)}>`;
}

function textOf(bytes: ArrayBufferView): string | undefined {
  if (bytes.byteLength === 0) return undefined;
  try {
    const text = utf8.decode(bytes);
    return unprintable.test(text) ? undefined : text;
  } catch {
    return undefined; // no UTF-8: a picture, say
  }
}

function holder({ run, ...of }: TranscriptOpen | TranscriptTaken): string {
  const name = nameOf(of, 'a test without a name');
  return printable(run === undefined ? name : `${name}, in run ${run} of this host`);
}

/**
 * Bytes as the evidence of an error, and the errors of this folder. A stray print on stdout is the most common failure, so
 * bytes are shown as text where they are text, else as a hexdump.
 */
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { redactText, secrecyOfName } from '../base/redact.ts';
import { messageOf } from '../base/thrown.ts';
import { describeBinary } from './describe.ts';

const evidenceBytes = 256;
/** Bytes behind those that are shown. */
const lookAhead = 4096;

/** At most `max` of the bytes, as text if they are text, else as a hexdump. */
export function describeBytes(bytes: Uint8Array, max: number = evidenceBytes): string {
  const shown = bytes.length > max ? bytes.subarray(0, max) : bytes;
  const rest = bytes.length > max ? `\n… (${bytes.length} bytes in all)` : '';
  const text = textOf(shown);
  if (text !== undefined) return withoutSecrets(text, bytes, max) + rest;
  return holdsSecret(bytes.subarray(0, max + lookAhead))
    ? `${describeBinary(bytes)} with what looks like a secret`
    : hexdump(shown) + rest;
}

/** Secrets are looked for in more than is shown: one that is cut may not look like one. */
function withoutSecrets(text: string, bytes: Uint8Array, max: number): string {
  const more = bytes.length > max ? textOf(bytes.subarray(0, max + lookAhead)) : undefined;
  const redacted = redactText(more ?? text);
  return redacted === more ? text : redacted.slice(0, max);
}

/** In bytes that are no text there is nothing between a name and its value but what the format has there. */
function holdsSecret(bytes: Uint8Array): boolean {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  if (redactText(text) !== text) return true;
  const runs = text.match(/[ -~]{3,}/g) ?? [];
  return runs.some((run, at) => at + 1 < runs.length && secrecyOfName(run) !== undefined);
}

/** True for bytes that a program would print: UTF-8 without control characters other than those of a terminal. */
export function looksLikeText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && textOf(bytes) !== undefined;
}

/**
 * The error for bytes from the other side that are not a message.
 * @param limit they are a message, which is over this limit
 */
export function malformed(
  message: string,
  bytes: Uint8Array,
  { cause, limit }: { readonly cause?: unknown; readonly limit?: number } = {},
): CarpoolError {
  const size = bytes.length;
  const context = limit === undefined ? { size } : { size, limit };
  return new CarpoolError('FRAME_MALFORMED', message, { context, evidence: { stdout: describeBytes(bytes) }, cause });
}

/** The error for a value that cannot be written: only this call fails, and the child is not to blame. */
export function unwritable(message: string, cause?: unknown): CarpoolError {
  return new CarpoolError('FRAME_MALFORMED', `Cannot write message: ${message}`, {
    scope: 'call',
    blame: 'test',
    cause,
  });
}

/** The error for what an encoder threw. Errors of Carpool stay as they are. */
export function notWritten(thrown: unknown): CarpoolError {
  return isCarpoolError(thrown) ? thrown : unwritable(messageOf(thrown), thrown);
}

/** The error for a stream that ended inside a frame. @param bytes what arrived of the frame */
export function truncated(message: string, bytes: Uint8Array): CarpoolError {
  return new CarpoolError('FRAME_TRUNCATED', `Cannot read frame: the stream ended ${message}`, {
    evidence: { stdout: describeBytes(bytes) },
  });
}

function textOf(bytes: Uint8Array): string | undefined {
  // With `stream`, a character that was cut is left out; else it would be an error.
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
  if (bytes.some(isControl)) return undefined;
  // Escape sequences are text, but must not colour the report that quotes them.
  return text.replaceAll('\x1b', '␛');
}

/** Those from bell to carriage return, and escape, occur in text. */
function isControl(byte: number): boolean {
  return byte < 0x07 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b) || byte === 0x7f;
}

function hexdump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = Array.from(bytes.subarray(at, at + 16));
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}

/**
 * Messages in which plushie-renderer 0.7.1 finds fault with what a session sent. Seen, in both modes:
 *
 * - `prop_validation`, with `validate_props`: an event of its session, before the answer to anything that came later. Each
 *   snapshot and patch validates the whole tree again; a tree that answers a step of an interaction is not validated, but
 *   the next patch says what is wrong with it.
 * - `error` and `diagnostic` events of a session: a patch or a tree that was refused, a canvas that is not accessible.
 * - A message `diagnostic`, of a font that is not there, say. It names no session, whichever has caused it.
 */
import type { Diagnostic, Fields, Frame } from 'carpool/protocol';
import type { Diagnostic as DiagnosticMessage } from './messages/lifecycle.ts';

/** What `validate_props` makes the renderer check, for the sake of trees that answered steps. */
export const validateAgain = { type: 'patch', ops: [] } as const;

/**
 * Findings of 0.7.1 that are wrong: a window does have a theme, and is drawn with it (seen). The SDKs document it so.
 */
const wrong = /^prop_unknown: window \S+ has no prop "theme"/;

/**
 * What the renderer finds wrong, if that is what the message is about.
 * @param ignored texts; what contains one is no fault
 */
export function diagnosticIn(fields: Fields, frame: Frame, ignored: readonly string[]): Diagnostic | undefined {
  const counts = (text: string): boolean => !wrong.test(text) && !ignored.some((each) => text.includes(each));
  const found = findingIn(fields, frame, counts);
  return found !== undefined && counts(`${found.code}: ${found.message}`) ? found : undefined;
}

type Finding = Diagnostic & { readonly code: string };

function findingIn({ type, family, id }: Fields, frame: Frame, counts: (text: string) => boolean): Finding | undefined {
  if (type === 'diagnostic') return ofProcess(frame.message as DiagnosticMessage);
  if (type !== 'event') return undefined;
  switch (family) {
    case 'prop_validation': {
      const { value } = frame.message as { readonly value?: { readonly warnings?: unknown } };
      const warnings = value?.warnings;
      if (!Array.isArray(warnings)) return { code: family, message: JSON.stringify(value) };
      const left = warnings.map(String).filter(counts);
      return left.length === 0 ? undefined : { code: family, message: left.join('; ') };
    }
    case 'error': {
      const { value } = frame.message as { readonly value?: { readonly error?: unknown } & Record<string, unknown> };
      const { error, ...rest } = value ?? {};
      return { code: String(id), message: withDetails(String(error), rest) };
    }
    case 'diagnostic': {
      const { value } = frame.message as { readonly value?: { readonly code?: unknown; readonly message?: unknown } };
      return { code: String(value?.code), message: String(value?.message) };
    }
    default:
      return undefined;
  }
}

/** `info` finds no fault: a cache is full, say. */
function ofProcess({ level, diagnostic }: DiagnosticMessage): Finding | undefined {
  if (level === 'info') return undefined;
  const { kind, ...details } = diagnostic;
  return { code: kind, message: withDetails(level, details) };
}

function withDetails(text: string, details: Readonly<Record<string, unknown>>): string {
  const listed = Object.entries(details).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return listed.length === 0 ? text : `${text} (${listed.join(', ')})`;
}

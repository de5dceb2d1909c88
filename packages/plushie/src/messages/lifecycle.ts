/** The start of the process, and the end of a session. Carpool reads and writes these; tests see only `Hello`. */
import type { EventOf } from './event-of.ts';
import type { Value } from './tree.ts';

/**
 * The first message of the renderer, and `session.hello`. Seen: it answers the first byte of input, before the renderer
 * has read the settings, so it does not mean that they are valid.
 */
export interface Hello {
  readonly type: 'hello';
  readonly session: '';
  readonly protocol: number;
  readonly protocol_version: number;
  readonly version: string;
  readonly name: string;
  readonly mode: 'mock' | 'headless' | 'windowed';
  readonly backend: string;
  readonly transport: string;
  readonly codec: 'json' | 'msgpack';
  readonly widgets: readonly string[];
  readonly native_widgets: readonly string[];
  readonly widget_sets: readonly string[];
}

/** Invalid settings, or another version: follows the hello at once, names no session, and the exit code is 0 (seen). */
export interface StartError {
  readonly type: 'error';
  readonly message: string;
}

/**
 * A problem in a message. Seen: `session` is empty for all of them, so that Carpool cannot pass them on to a session; with
 * `diagnostics: 'fail'` all that are open fail with it. After 0.7.1 that of a message that the renderer cannot take names
 * its session, with the kind `wire_input_error` and the reason in `detail`. It comes with the events of the session; a
 * request has no reply then. Read, of the same age: `animation_descriptor_invalid`, `renderer_runtime_error`.
 */
export interface Diagnostic {
  readonly type: 'diagnostic';
  readonly session: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly diagnostic: { readonly kind: string; readonly [detail: string]: Value };
  /** It is no event: `family` tells the two apart. */
  readonly family?: undefined;
  readonly id?: undefined;
}

/**
 * Why the renderer refused a message, or ended a session.
 *
 * - `max_sessions_reached`: seen; the message is lost, no session was made, nothing else follows.
 * - `session_reset_in_progress`: seen; the message came between `reset` and `session_closed`, and is lost.
 * - `host_disconnect`: seen; a step was not answered within 30 s, or `reset` came between two; `session_closed` follows.
 * - `session_backpressure_overflow`: seen; 1,024 messages wait in the session; `session_closed` follows. The renderer
 *   looks at those beyond 512 only when the session gets another message (seen).
 * - `session_panic`: read; `session_closed` follows.
 * - `session_channel_closed`, `writer_dead`: read; nothing else follows.
 * - `font_cap_exceeded`: read; the session lives on.
 * - `renderer_panic`: read; names no session.
 * - `initial_settings_enqueue_failed`: read, in renderers after 0.7.1; the session lives on without its settings.
 *
 * A code that is not listed is an event, as of a session that lives on.
 */
export type SessionErrorCode =
  | 'max_sessions_reached'
  | 'session_reset_in_progress'
  | 'host_disconnect'
  | 'session_backpressure_overflow'
  | 'session_panic'
  | 'session_channel_closed'
  | 'writer_dead'
  | 'font_cap_exceeded'
  | 'renderer_panic'
  | 'initial_settings_enqueue_failed';

/** A code, and the renderer's own words. */
export interface SessionErrorDetail {
  readonly code: SessionErrorCode;
  readonly error: string;
}

/** Seen: the detail is in `data`, unlike that of any other event. Seen: after 0.7.1 in `value`; read: two codes of 0.7.1 too. */
export interface SessionError extends EventOf<'session_error'> {
  readonly data?: SessionErrorDetail;
  readonly value?: SessionErrorDetail;
}

/** Nothing of the session is left, and its id may be used again. Seen: never sent with `--max-sessions 1`. */
export interface SessionClosed extends EventOf<'session_closed'> {
  readonly data?: Readonly<Record<string, never>>;
  /** After 0.7.1; read: with a reason only where a window panics. */
  readonly value?: { readonly reason?: string };
}

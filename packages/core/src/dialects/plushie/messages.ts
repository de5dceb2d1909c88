/**
 * The words of the dialect: every message that plushie-renderer 0.7.1 takes and gives in its mock and headless modes.
 *
 * "Seen" marks what was watched on the wire of the 0.7.1 binary, in both modes and both formats; "read" marks what only
 * its source says. Names and spelling are the renderer's. Outgoing types leave `session` and `id` out: Carpool stamps
 * them. Seen: a message with a missing or mistyped field is answered by nothing but a line on stderr, so a request that
 * these types refuse would have ended in a timeout.
 */
import type { Messages } from '../../protocol/protocol.ts';

/** What JSON can hold, and bytes: native in MessagePack, base64 in JSON. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A node of the retained tree. Seen: `interact` finds a widget only below a node of type `window`. */
export interface TreeNode {
  readonly id: string;
  readonly type: string;
  readonly props?: { readonly [prop: string]: Value };
  readonly children?: readonly TreeNode[];
}

/** A node as the renderer gives it back: complete, and its keys in alphabetical order (seen). */
export interface StoredNode extends TreeNode {
  readonly props: { readonly [prop: string]: Value };
  readonly children: readonly StoredNode[];
}

/** Seen: an object, always. A string is taken for a selector that matches nothing. */
export type Selector =
  | { readonly by: 'id'; readonly value: string; readonly window_id?: string }
  | { readonly by: 'text' | 'role' | 'label'; readonly value: string }
  | { readonly by: 'focused' };

/** Child indices from the root; `[]` is the root. */
export type Path = readonly number[];

/**
 * Seen: for one parent removals come first and from the back, then changes, then insertions from the front; another
 * order is refused as a whole by an `error` event of the id `patch_order`. An operation that points nowhere is skipped.
 */
export type PatchOp =
  | { readonly op: 'replace_node'; readonly path: Path; readonly node: TreeNode }
  /** A prop with the value `null` is removed. */
  | { readonly op: 'update_props'; readonly path: Path; readonly props: { readonly [prop: string]: Value } }
  | { readonly op: 'insert_child'; readonly path: Path; readonly index: number; readonly node: TreeNode }
  | { readonly op: 'remove_child'; readonly path: Path; readonly index: number };

// ── Sent and forgotten ──────────────────────────────────────────────────────────────────────────────────────────────

/** Seen: the settings that greet the renderer reach the first session alone; every other one needs its own. */
export interface Settings {
  readonly protocol_version?: number;
  readonly default_text_size?: number;
  readonly default_font?: { readonly family: string; readonly fallback?: readonly string[] };
  readonly default_event_rate?: number;
  readonly antialiasing?: boolean;
  readonly vsync?: boolean;
  /** Paths of font files. Read: fonts belong to the process, at most 256 of them, for as long as it lives. */
  readonly fonts?: readonly string[];
  readonly scale_factor?: number;
  readonly theme?: Value;
  readonly widget_config?: Value;
  /** Read: `false` does not switch the checks off. */
  readonly validate_props?: boolean;
  readonly log_level?: string;
}

export interface SettingsMessage {
  readonly type: 'settings';
  readonly settings: Settings;
}

/** Replaces the tree. */
export interface Snapshot {
  readonly type: 'snapshot';
  readonly tree: TreeNode;
}

/** Changes the tree. */
export interface Patch {
  readonly type: 'patch';
  readonly ops: readonly PatchOp[];
}

export interface Subscribe {
  readonly type: 'subscribe';
  /** `on_animation_frame`, `on_theme_change`, `on_key_press`, … */
  readonly kind: string;
  /** Comes back with every event of this subscription. */
  readonly tag: string;
  readonly window_id?: string;
  /** Events per second; 0 for none. */
  readonly max_rate?: number;
}

/** Without `tag`: all subscriptions of the kind. */
export interface Unsubscribe {
  readonly type: 'unsubscribe';
  readonly kind: string;
  readonly tag?: string;
}

/** To one widget: `focus`, `scroll_to`, … */
export interface WidgetCommand {
  readonly id: string;
  readonly family: string;
  readonly value?: Value;
}

export interface Command extends WidgetCommand {
  readonly type: 'command';
}

export interface Commands {
  readonly type: 'commands';
  readonly commands: readonly WidgetCommand[];
}

/** Seen: `announce` brings an event, `find_focused` and `list_images` a reply, all others nothing. */
export interface WidgetOp {
  readonly type: 'widget_op';
  readonly op: string;
  readonly payload?: Value;
}

/** Seen: without a display neither an operation nor a query on a window is answered. */
export interface WindowOp {
  readonly type: 'window_op';
  readonly op: string;
  readonly window_id: string;
  readonly payload?: Value;
}

/** Seen: accepted and not answered. */
export interface SystemOp {
  readonly type: 'system_op' | 'system_query';
  readonly op: string;
  readonly payload?: Value;
}

export interface ImageOp {
  readonly type: 'image_op';
  readonly op: 'create_image' | 'update_image' | 'delete_image' | 'clear';
  readonly payload?: {
    readonly handle?: string;
    /** An encoded image. */
    readonly data?: Uint8Array | string;
    /** RGBA; then `width` and `height` say how it is laid out. */
    readonly pixels?: Uint8Array | string;
    readonly width?: number;
    readonly height?: number;
  };
}

export interface LoadFont {
  readonly type: 'load_font';
  readonly payload: { readonly family: string; readonly data: Uint8Array | string };
}

/** Moves the session's animation clock to this time, in milliseconds. */
export interface AdvanceFrame {
  readonly type: 'advance_frame';
  readonly timestamp: number;
}

/** What `session.send` takes. */
export type PlushieSend =
  | SettingsMessage
  | Snapshot
  | Patch
  | Subscribe
  | Unsubscribe
  | Command
  | Commands
  | WidgetOp
  | WindowOp
  | SystemOp
  | ImageOp
  | LoadFont
  | AdvanceFrame;

// ── Asked and answered ──────────────────────────────────────────────────────────────────────────────────────────────
// Seen: a session answers its requests strictly in their order; two sessions answer in any order. Ids are strings.

/** What Carpool stamps, and what comes back. Whoever sets `id` has to keep it unique in the session. */
interface Asked {
  readonly id?: string;
}

/** On every answer. */
interface Answered {
  readonly session: string;
  readonly id: string;
}

/** Seen: another target is answered with `data: null`. */
export type Query = Asked & { readonly type: 'query' } & (
    | { readonly target: 'tree' }
    | { readonly target: 'find'; readonly selector: Selector }
  );

export interface QueryResponse extends Answered {
  readonly type: 'query_response';
  readonly target: string;
  /** `null`: no tree yet, or nothing found. */
  readonly data: StoredNode | null;
}

export interface TreeHash extends Asked {
  readonly type: 'tree_hash';
  /** Comes back with the answer. Seen: it may be empty, but not absent. */
  readonly name: string;
}

export interface TreeHashResponse extends Answered {
  readonly type: 'tree_hash_response';
  readonly name: string;
  /** SHA-256 in hexadecimal, the same for the same tree in any session and any format; empty without a tree (seen). */
  readonly hash: string;
}

export interface Screenshot extends Asked {
  readonly type: 'screenshot';
  /** Comes back with the answer. Seen: it may be empty, but not absent. */
  readonly name: string;
  /** Default 1024; at most 16384. */
  readonly width?: number;
  /** Default 768; at most 16384. */
  readonly height?: number;
}

export interface ScreenshotResponse extends Answered {
  readonly type: 'screenshot_response';
  readonly name: string;
  /** SHA-256 of `rgba`. Seen: empty, and the size 0 × 0, in mock mode and without a tree. */
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel, row by row; base64 in JSON. Absent where `hash` is empty. */
  readonly rgba?: Uint8Array | string;
}

/** Seen: any other kind is answered with the status `error`. */
export type EffectKind =
  | 'file_open'
  | 'file_open_multiple'
  | 'file_save'
  | 'directory_select'
  | 'directory_select_multiple'
  | 'clipboard_read'
  | 'clipboard_write'
  | 'clipboard_read_html'
  | 'clipboard_write_html'
  | 'clipboard_clear'
  | 'clipboard_read_primary'
  | 'clipboard_write_primary'
  | 'notification';

/**
 * Seen: without a display file dialogs are `unsupported`, but clipboard and notification reach for the real system,
 * even in mock mode. Register a stub first.
 */
export interface Effect extends Asked {
  readonly type: 'effect';
  readonly kind: EffectKind;
  readonly payload: { readonly [key: string]: Value };
}

export interface EffectResponse extends Answered {
  readonly type: 'effect_response';
  readonly status: 'ok' | 'error' | 'unsupported' | 'cancelled';
  /** With the status `ok`. */
  readonly result?: Value;
  /** With the status `error`. */
  readonly error?: string;
}

/** From now on this session answers effects of the kind with `response`, and does nothing. */
export interface RegisterEffectStub {
  readonly type: 'register_effect_stub';
  readonly kind: EffectKind;
  readonly response: Value;
}

/** Acknowledged by kind, without an id (seen). */
export interface EffectStubRegistered {
  readonly type: 'effect_stub_register_ack';
  readonly session: string;
  readonly kind: string;
  /** `error`: the kind is unknown. */
  readonly status: 'registered' | 'error';
}

export interface UnregisterEffectStub {
  readonly type: 'unregister_effect_stub';
  readonly kind: EffectKind;
}

export interface EffectStubUnregistered {
  readonly type: 'effect_stub_unregister_ack';
  readonly session: string;
  readonly kind: string;
  /** Seen: `unregistered` also where there was none. `error`: the kind is unknown. */
  readonly status: 'unregistered' | 'error';
}

/** Answered by tag, without an id (seen). Carpool stamps a tag where none is given. */
export interface WidgetQuery {
  readonly type: 'widget_op';
  readonly op: 'find_focused' | 'list_images';
  readonly payload?: { readonly tag?: string };
}

export interface ImageQuery {
  readonly type: 'image_op';
  readonly op: 'list';
  readonly payload?: { readonly tag?: string };
}

interface OpAnswered {
  readonly type: 'op_query_response';
  readonly session: string;
  readonly tag: string;
}

/** Seen: always `null` without a display. */
export interface FocusedResponse extends OpAnswered {
  readonly kind: 'find_focused';
  readonly data: { readonly focused: string | null };
}

export interface ImagesResponse extends OpAnswered {
  readonly kind: 'list_images';
  readonly data: { readonly handles: readonly string[] };
}

export type OpQueryResponse = FocusedResponse | ImagesResponse;

/** What `session.request` takes and gives, by the type of the message. */
export type PlushieRequests = {
  readonly query: { readonly request: Query; readonly reply: QueryResponse };
  readonly tree_hash: { readonly request: TreeHash; readonly reply: TreeHashResponse };
  readonly screenshot: { readonly request: Screenshot; readonly reply: ScreenshotResponse };
  readonly effect: { readonly request: Effect; readonly reply: EffectResponse };
  readonly register_effect_stub: { readonly request: RegisterEffectStub; readonly reply: EffectStubRegistered };
  readonly unregister_effect_stub: { readonly request: UnregisterEffectStub; readonly reply: EffectStubUnregistered };
  readonly widget_op: { readonly request: WidgetQuery; readonly reply: OpQueryResponse };
  readonly image_op: { readonly request: ImageQuery; readonly reply: ImagesResponse };
};

// ── Interaction ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A key: `{ combo: 'Ctrl+Shift+ArrowUp' }`, or its parts. Names forgive case, spaces, `_` and `-` (read). */
export type KeyPayload =
  | { readonly combo: string }
  | { readonly key: string; readonly modifiers?: Partial<Modifiers> & { readonly command?: boolean } };

type Targeted<Action extends string> = { readonly action: Action; readonly selector: Selector };
type Payload<P> = { readonly payload: P };
type Point = { readonly x: number; readonly y: number };

/**
 * Seen: `click`, `toggle`, `select`, `slide`, `paste`, `sort`, `pane_focus_cycle` and `canvas_*` never make steps while
 * their selector matches. The others feed real input to the widgets, in mock mode too, and make a step for each input
 * that a widget reacts to; where none does, the response holds the event that was asked for.
 */
export type Interact = Asked & { readonly type: 'interact' } & (
    | Targeted<'click' | 'pane_focus_cycle'>
    | (Targeted<'toggle'> & Payload<{ readonly value: boolean }>)
    | (Targeted<'select'> & Payload<{ readonly value: string }>)
    | (Targeted<'slide'> & Payload<{ readonly value: number }>)
    | (Targeted<'sort'> & Payload<{ readonly column: string }>)
    | (Targeted<'type_text' | 'paste'> & Payload<{ readonly text: string }>)
    | (Targeted<'submit'> & { readonly payload?: { readonly value?: string } })
    | (Targeted<'canvas_press' | 'canvas_release'> & Payload<Point & { readonly button?: 'left' | 'right' | 'middle' }>)
    | (Targeted<'canvas_move'> & Payload<Point>)
    | ({ readonly action: 'type_key' | 'press' | 'release'; readonly selector?: Selector } & Payload<KeyPayload>)
    | ({ readonly action: 'scroll'; readonly selector?: Selector } & Payload<{
        readonly delta_x?: number;
        readonly delta_y?: number;
      }>)
    | ({ readonly action: 'move_to'; readonly selector?: Selector } & Payload<Point>)
  );

/**
 * What the widgets did in answer to one input. Seen: the renderer now takes the very next message of the session for
 * the new tree, whatever it is; anything but a snapshot or a patch is swallowed without an answer. Without one it gives
 * up after 30 s and ends the session with `host_disconnect`. So whoever expects steps iterates them: awaited alone, an
 * interaction with steps ends with REQUEST_TIMEOUT, and what else the session sends waits until a step is answered.
 */
export interface InteractStep extends Answered {
  readonly type: 'interact_step';
  readonly events: readonly PlushieEvent[];
}

export interface InteractResponse extends Answered {
  readonly type: 'interact_response';
  /** Seen: empty after steps. */
  readonly events: readonly PlushieEvent[];
}

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Modifiers {
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly logo: boolean;
}

interface EventOf<Family extends string> {
  readonly type: 'event';
  readonly session: string;
  readonly family: Family;
  /** The widget; empty where the event is about none. */
  readonly id: string;
  /** Of the subscription that asked for it. */
  readonly tag?: string;
  readonly modifiers?: Modifiers & { readonly command: boolean };
  /** True if a widget consumed the input. */
  readonly captured?: boolean;
}

type Valued<Family extends string, V> = EventOf<Family> & { readonly value: V };
type MaybeValued<Family extends string> = EventOf<Family> & { readonly value?: Value };

/** Events by family. A renderer with widgets of its own has more of them. */
export type PlushieEvent =
  | MaybeValued<'click'>
  | Valued<'input' | 'submit' | 'paste' | 'select' | 'option_hovered', string>
  | Valued<'toggle', boolean>
  | Valued<'slide' | 'slide_release', number>
  | Valued<'sort', { readonly column: string }>
  | Valued<'key_press' | 'key_release', { readonly key: string }>
  | Valued<'cursor_moved', Point>
  | Valued<'wheel_scrolled', { readonly delta_x: number; readonly delta_y: number; readonly unit: string }>
  | Valued<'animation_frame', { readonly timestamp: number }>
  | Valued<'theme_changed', 'light' | 'dark'>
  | Valued<'announce', { readonly text: string; readonly politeness: string }>
  | Valued<'transition_complete', { readonly tag: Value; readonly prop: string }>
  | Valued<'prop_validation', { readonly node_id: string; readonly node_type: string; readonly warnings: Value }>
  | Valued<'diagnostic', InteractDiagnostic>
  /** Something the host sent was refused. `id` says what: `patch_order`, `duplicate_node_ids`, `effect`. */
  | Valued<'error', { readonly error: string; readonly duplicates?: readonly string[]; readonly kind?: string }>
  | MaybeValued<
      | 'press'
      | 'release'
      | 'move'
      | 'enter'
      | 'exit'
      | 'scroll'
      | 'scrolled'
      | 'double_click'
      | 'resize'
      | 'focused'
      | 'blurred'
      | 'drag'
      | 'drag_end'
      | 'open'
      | 'close'
      | 'key_binding'
      | 'link_click'
      | 'image_error'
      | 'modifiers_changed'
      | 'pane_resized'
      | 'pane_dragged'
      | 'pane_clicked'
      | 'pane_focus_cycle'
    >;

/** Why an interaction found nothing to act on. */
export interface InteractDiagnostic {
  readonly level: string;
  readonly code: string;
  readonly element_id: string | null;
  readonly message: string;
}

// ── About the process and the life of a session; not for users ──────────────────────────────────────────────────────

/** The answer to the first byte of input, before the settings are read (seen): it does not mean that they are good. */
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

/** Bad settings, or another version: follows the hello at once, names no session, and the exit code is 0 (seen). */
export interface StartError {
  readonly type: 'error';
  readonly message: string;
}

/** Seen: `session` is empty whichever session it is about, so it cannot be given to one. */
export interface Diagnostic {
  readonly type: 'diagnostic';
  readonly session: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly diagnostic: { readonly kind: string; readonly [detail: string]: Value };
}

export interface Reset {
  readonly type: 'reset';
  readonly id: string;
}

export interface ResetResponse extends Answered {
  readonly type: 'reset_response';
  readonly status: 'ok';
}

/**
 * - `max_sessions_reached`: seen; the message is lost, no session was made, nothing else follows.
 * - `session_reset_in_progress`: seen; the message came between `reset` and `session_closed`, and is lost.
 * - `host_disconnect`: seen; a step was not answered within 30 s, or `reset` came between two; `session_closed` follows.
 * - `session_backpressure_overflow`: seen; 1,024 messages wait in the session; `session_closed` follows. What is beyond
 *   512 is not looked at again before the session gets another message (seen).
 * - `session_panic`: read; `session_closed` follows.
 * - `session_channel_closed`, `writer_dead`: read; nothing else follows.
 * - `font_cap_exceeded`: read; the session lives on.
 * - `renderer_panic`: read; of no session.
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
  | 'renderer_panic';

interface SessionErrorDetail {
  readonly code: SessionErrorCode;
  readonly error: string;
}

/** Seen: the detail is in `data`, unlike that of any other event; read: two codes have it in `value`. */
export interface SessionError extends EventOf<'session_error'> {
  readonly data?: SessionErrorDetail;
  readonly value?: SessionErrorDetail;
}

/** Nothing of the session is left, and its id may be used again. Seen: not with `--max-sessions 1`. */
export interface SessionClosed extends EventOf<'session_closed'> {
  readonly data?: Readonly<Record<string, never>>;
  readonly value?: { readonly reason: string };
}

/** The types of a Plushie session, for `Protocol<PlushieMessages>`. */
export interface PlushieMessages extends Messages {
  readonly send: PlushieSend;
  readonly requests: PlushieRequests;
  readonly interact: { readonly request: Interact; readonly step: InteractStep; readonly reply: InteractResponse };
  readonly event: PlushieEvent;
}

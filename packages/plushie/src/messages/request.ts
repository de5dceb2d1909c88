/**
 * Messages that have one reply: what `session.request` takes and gives.
 *
 * Seen: a session answers its requests in their order; two sessions answer in any order. Ids are strings.
 */
import type { Selector, StoredNode, Value } from './tree.ts';

/** Carpool sets the id. A test that sets its own must keep it unique in the session. */
export interface Asked {
  readonly id?: string;
}

/** What every reply carries. */
export interface Answered {
  readonly session: string;
  /** Of the request. */
  readonly id: string;
}

/** Asks for the tree or for one node. Seen: another target is answered with `data: null`. */
export type Query = Asked & { readonly type: 'query' } & (
    | { readonly target: 'tree' }
    | { readonly target: 'find'; readonly selector: Selector }
  );

/** The reply to `query`. */
export interface QueryResponse extends Answered {
  readonly type: 'query_response';
  readonly target: string;
  /** `null`: there is no tree yet, or nothing was found. */
  readonly data: StoredNode | null;
}

/** Asks for the hash of the tree. */
export interface TreeHash extends Asked {
  readonly type: 'tree_hash';
  /** The reply repeats it. Seen: it may be empty, but not absent. */
  readonly name: string;
}

/** The reply to `tree_hash`. */
export interface TreeHashResponse extends Answered {
  readonly type: 'tree_hash_response';
  readonly name: string;
  /** SHA-256 in hexadecimal, the same for the same tree in any session and any format; empty without a tree (seen). */
  readonly hash: string;
}

/** Asks for an image of the tree. */
export interface Screenshot extends Asked {
  readonly type: 'screenshot';
  /** The reply repeats it. Seen: it may be empty, but not absent. */
  readonly name: string;
  /** Pixels. Default 1024; at most 16384. */
  readonly width?: number;
  /** Pixels. Default 768; at most 16384. */
  readonly height?: number;
}

/** The reply to `screenshot`. */
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
 * Runs an effect outside the renderer. Seen: without a display file dialogs are `unsupported`, but clipboard and
 * notification use those of the real system, even in mock mode. Register a stub first.
 */
export interface Effect extends Asked {
  readonly type: 'effect';
  readonly kind: EffectKind;
  readonly payload: { readonly [key: string]: Value };
}

/** The reply to `effect`. */
export interface EffectResponse extends Answered {
  readonly type: 'effect_response';
  readonly status: 'ok' | 'error' | 'unsupported' | 'cancelled';
  /** With the status `ok`. */
  readonly result?: Value;
  /** With the status `error`. */
  readonly error?: string;
}

/** From now on this session answers effects of the kind with `response`, and runs none. */
export interface RegisterEffectStub {
  readonly type: 'register_effect_stub';
  readonly kind: EffectKind;
  readonly response: Value;
}

/** The reply to `register_effect_stub`: by kind, without an id (seen). */
export interface EffectStubRegistered {
  readonly type: 'effect_stub_register_ack';
  readonly session: string;
  readonly kind: string;
  /** `error`: the kind is unknown. */
  readonly status: 'registered' | 'error';
}

/** Removes the stub of a kind. */
export interface UnregisterEffectStub {
  readonly type: 'unregister_effect_stub';
  readonly kind: EffectKind;
}

/** The reply to `unregister_effect_stub`: by kind, without an id (seen). */
export interface EffectStubUnregistered {
  readonly type: 'effect_stub_unregister_ack';
  readonly session: string;
  readonly kind: string;
  /** Seen: `unregistered` also where there was none. `error`: the kind is unknown. */
  readonly status: 'unregistered' | 'error';
}

/** Asks for the focused widget or for the images. The reply carries the tag; Carpool sets one where there is none. */
export interface WidgetQuery {
  readonly type: 'widget_op';
  readonly op: 'find_focused' | 'list_images';
  readonly payload?: { readonly tag?: string };
}

/** Asks for the images. The reply carries the tag; Carpool sets one where there is none. */
export interface ImageQuery {
  readonly type: 'image_op';
  readonly op: 'list';
  readonly payload?: { readonly tag?: string };
}

/** What a reply to `widget_op` or `image_op` carries: the tag of the request, no id (seen). */
export interface OpAnswered {
  readonly type: 'op_query_response';
  readonly session: string;
  readonly tag: string;
}

/** The reply to `find_focused`. Seen: always `null` without a display. */
export interface FocusedResponse extends OpAnswered {
  readonly kind: 'find_focused';
  readonly data: { readonly focused: string | null };
}

/** The reply to `list_images` and `list`. */
export interface ImagesResponse extends OpAnswered {
  readonly kind: 'list_images';
  readonly data: { readonly handles: readonly string[] };
}

/** The reply to a `WidgetQuery`. */
export type OpQueryResponse = FocusedResponse | ImagesResponse;

/**
 * Ends what the session was, and begins it anew under the same id: `reset_response`, the event `session_closed`, then a
 * fresh session without a tree. Carpool holds back what is sent meanwhile. In the middle of an interaction it gives the
 * interaction up; then `session_error` takes the place of `reset_response` (seen). What still waits for a reply at
 * `session_closed` fails with SESSION_CLOSED.
 */
export interface Reset extends Asked {
  readonly type: 'reset';
}

/** The reply to `reset`. The old session is over only with `session_closed`. */
export interface ResetResponse extends Answered {
  readonly type: 'reset_response';
  readonly status: 'ok';
}

/** What `session.request` takes and gives, by the type of the message. */
export type PlushieRequests = {
  readonly reset: { readonly request: Reset; readonly reply: ResetResponse };
  readonly query: { readonly request: Query; readonly reply: QueryResponse };
  readonly tree_hash: { readonly request: TreeHash; readonly reply: TreeHashResponse };
  readonly screenshot: { readonly request: Screenshot; readonly reply: ScreenshotResponse };
  readonly effect: { readonly request: Effect; readonly reply: EffectResponse };
  readonly register_effect_stub: { readonly request: RegisterEffectStub; readonly reply: EffectStubRegistered };
  readonly unregister_effect_stub: { readonly request: UnregisterEffectStub; readonly reply: EffectStubUnregistered };
  readonly widget_op: { readonly request: WidgetQuery; readonly reply: OpQueryResponse };
  readonly image_op: { readonly request: ImageQuery; readonly reply: ImagesResponse };
};

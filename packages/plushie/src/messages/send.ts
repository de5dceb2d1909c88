/** Messages that have no reply: what `session.send` takes. */
import type { Reset } from './request.ts';
import type { PatchOp, TreeNode, Value } from './tree.ts';

/**
 * Settings of a session. Seen: those of the greeting reach only the first session; after 0.7.1 they reach every one. The
 * same settings twice do no harm.
 */
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
  /** Read: a diagnostic names those that the renderer lacks. For 0.7.1 the setting itself is invalid, in a session's own. */
  readonly required_widgets?: readonly string[];
  readonly log_level?: string;
}

/** Changes the settings of the session. */
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

/** Asks for events of one kind. */
export interface Subscribe {
  readonly type: 'subscribe';
  /** `on_animation_frame`, `on_theme_change`, `on_key_press`, … */
  readonly kind: string;
  /** Every event of this subscription carries it. */
  readonly tag: string;
  readonly window_id?: string;
  /** Events per second; 0 for none. */
  readonly max_rate?: number;
}

/** Ends one subscription. Seen: without `tag` 0.7.1 ended all of the kind; after 0.7.1 it is refused. */
export interface Unsubscribe {
  readonly type: 'unsubscribe';
  readonly kind: string;
  readonly tag: string;
}

/** A command to one widget: `focus`, `scroll_to`, … */
export interface WidgetCommand {
  /** The widget. */
  readonly id: string;
  readonly family: string;
  readonly value?: Value;
}

/** One command to a widget. */
export interface Command extends WidgetCommand {
  readonly type: 'command';
}

/** Several commands in one message. */
export interface Commands {
  readonly type: 'commands';
  readonly commands: readonly WidgetCommand[];
}

/** Seen: `announce` causes an event, `find_focused` and `list_images` a reply, all others nothing. */
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

/** Adds, changes or removes images that widgets show by their handle. */
export interface ImageOp {
  readonly type: 'image_op';
  readonly op: 'create_image' | 'update_image' | 'delete_image' | 'clear';
  readonly payload?: {
    readonly handle?: string;
    /** An encoded image. */
    readonly data?: Uint8Array | string;
    /** RGBA pixels; `width` and `height` give their layout. */
    readonly pixels?: Uint8Array | string;
    readonly width?: number;
    readonly height?: number;
  };
}

/** Adds a font to the process. */
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
  | AdvanceFrame
  | Reset;

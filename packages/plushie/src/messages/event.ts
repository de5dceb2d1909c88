/** Messages that the renderer sends unasked: what `session.event` and `session.events` give. */
import type { Diagnostic, SessionClosed, SessionError } from './lifecycle.ts';
import type { EventOf } from './event-of.ts';
import type { Value } from './tree.ts';

/** An event with a value. */
export type Valued<Family extends string, V> = EventOf<Family> & { readonly value: V };
/** An event that may have a value. */
export type MaybeValued<Family extends string> = EventOf<Family> & { readonly value?: Value };

/** What a session says without being asked. */
export type PlushieEvent = RendererEvent | Diagnostic;

/** Events by family. A renderer with widgets of its own has more of them. */
export type RendererEvent =
  | SessionError
  | SessionClosed
  | MaybeValued<'click'>
  | Valued<'input' | 'submit' | 'paste' | 'select' | 'option_hovered', string>
  | Valued<'toggle', boolean>
  | Valued<'slide' | 'slide_release', number>
  | Valued<'sort', { readonly column: string }>
  | Valued<'key_press' | 'key_release', { readonly key: string }>
  | Valued<'cursor_moved', { readonly x: number; readonly y: number }>
  | Valued<'wheel_scrolled', { readonly delta_x: number; readonly delta_y: number; readonly unit: string }>
  | Valued<'animation_frame', { readonly timestamp: number }>
  | Valued<'theme_changed', 'light' | 'dark'>
  | Valued<'announce', { readonly text: string; readonly politeness: string }>
  | Valued<'transition_complete', { readonly tag: Value; readonly prop: string }>
  | Valued<'prop_validation', { readonly node_id: string; readonly node_type: string; readonly warnings: Value }>
  | Valued<'diagnostic', InteractDiagnostic>
  /** The renderer refused a message. `id` says why: `patch_order`, `duplicate_node_ids`, `effect`. */
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

/** Why an interaction found no widget to act on. */
export interface InteractDiagnostic {
  readonly level: string;
  readonly code: string;
  readonly element_id: string | null;
  readonly message: string;
}

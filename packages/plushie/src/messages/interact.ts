/** Input to the widgets, with steps before the reply: what `session.interact` takes and gives. */
import type { Modifiers } from './event-of.ts';
import type { RendererEvent } from './event.ts';
import type { Answered, Asked } from './request.ts';
import type { Selector } from './tree.ts';

/** A key: `{ combo: 'Ctrl+Shift+ArrowUp' }`, or its parts. Read: names ignore case, spaces, `_` and `-`. */
export type KeyPayload =
  | { readonly combo: string }
  | { readonly key: string; readonly modifiers?: Partial<Modifiers> & { readonly command?: boolean } };

/** An action on one widget. */
export type Targeted<Action extends string> = { readonly action: Action; readonly selector: Selector };
/** An action that carries data. */
export type Payload<P> = { readonly payload: P };
/** A position, in the coordinates of the renderer. */
export type Point = { readonly x: number; readonly y: number };

/**
 * One action on a widget, or of the keyboard or the pointer.
 *
 * Seen: `click`, `toggle`, `select`, `slide`, `paste`, `sort`, `pane_focus_cycle` and `canvas_*` never make steps while
 * their selector matches. The others feed real input to the widgets, in mock mode too, and make a step for each input
 * to which a widget reacts; where none does, the response holds the event that was asked for.
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
 * What the widgets did in answer to one input.
 *
 * Seen: the renderer takes the next message of the session, whatever it is, for the new tree; it swallows anything but a
 * snapshot or a patch without an answer. If no message comes within 30 s, it ends the session with `host_disconnect`.
 * So a test that expects steps iterates the interaction and answers each one. If it only awaits the interaction, that
 * ends with REQUEST_TIMEOUT, and all other messages of the session wait until the step is answered.
 */
export interface InteractStep extends Answered {
  readonly type: 'interact_step';
  readonly events: readonly RendererEvent[];
}

/** The end of an interaction. */
export interface InteractResponse extends Answered {
  readonly type: 'interact_response';
  /** Seen: empty after steps. */
  readonly events: readonly RendererEvent[];
}

/** What every event of a session carries. */

/** The modifier keys that were down. */
export interface Modifiers {
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly logo: boolean;
}

/** What every event carries. */
export interface EventOf<Family extends string> {
  readonly type: 'event';
  readonly session: string;
  readonly family: Family;
  /** The widget; empty for an event of no widget. */
  readonly id: string;
  /** Of the subscription that asked for it. */
  readonly tag?: string;
  readonly modifiers?: Modifiers & { readonly command: boolean };
  /** True if a widget consumed the input. */
  readonly captured?: boolean;
}

/** What an app listens to besides its widgets: it says what it wants now, and the runtime tells the renderer the difference. */
import type { Subscribe, Unsubscribe } from '@carpool/plushie';

/** `{ kind: 'on_theme_change', tag: 'theme' }`; the events carry the tag. */
export type Subscription = Omit<Subscribe, 'type'>;

export function changes(
  before: readonly Subscription[],
  after: readonly Subscription[],
): readonly (Subscribe | Unsubscribe)[] {
  const ended = before.filter((old) => !after.some((wanted) => equal(old, wanted)));
  const begun = after.filter((wanted) => !before.some((old) => equal(old, wanted)));
  return [
    ...ended.map(({ kind, tag }) => ({ type: 'unsubscribe', kind, tag }) as const),
    ...begun.map((wanted) => ({ type: 'subscribe', ...wanted }) as const),
  ];
}

function equal(a: Subscription, b: Subscription): boolean {
  return a.kind === b.kind && a.tag === b.tag && a.window_id === b.window_id && a.max_rate === b.max_rate;
}

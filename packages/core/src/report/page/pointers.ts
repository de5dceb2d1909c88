/** Zoom and pan by wheel, touch and a drag with Shift. The page itself scrolls by a wheel alone. */
import type { Store } from './store.ts';

interface Pointers {
  readonly store: Store;
  /** The time at this place, in pixels from the left of the element. */
  readonly at: (left: number) => number;
}

export function listenToPointers(element: HTMLElement, { store, at }: Pointers): void {
  const left = ({ clientX }: { readonly clientX: number }): number => clientX - element.getBoundingClientRect().left;
  element.addEventListener(
    'wheel',
    (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (event.ctrlKey || event.metaKey)
        store.zoom(Math.exp(Math.min(Math.max(event.deltaY, -60), 60) / 100), at(left(event)));
      else if (sideways || event.shiftKey) store.pan((sideways ? event.deltaX : event.deltaY) / element.clientWidth);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );
  const touches = new Map<number, number>();
  element.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse') {
      if (event.shiftKey) drag(event, element, store);
      return;
    }
    touches.set(event.pointerId, left(event));
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    const before = touches.get(event.pointerId);
    if (before === undefined) return;
    const now = left(event);
    const other = [...touches].find(([id]) => id !== event.pointerId)?.[1];
    touches.set(event.pointerId, now);
    if (other === undefined) store.pan((before - now) / element.clientWidth);
    else if (Math.abs(now - other) > 8)
      store.zoom(Math.abs(before - other) / Math.abs(now - other), at((now + other) / 2));
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    element.addEventListener(end, ({ pointerId }) => touches.delete(pointerId));
}

function drag(event: PointerEvent, element: HTMLElement, store: Store): void {
  let last = event.clientX;
  const move = (next: PointerEvent): void => {
    store.pan((last - next.clientX) / element.clientWidth);
    last = next.clientX;
  };
  document.addEventListener('pointermove', move);
  document.addEventListener('pointerup', () => document.removeEventListener('pointermove', move), { once: true });
}

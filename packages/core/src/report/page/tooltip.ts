/** What is under the pointer, in a few words. The details and the table have it for those who use none. */
import { childLines } from '../child-text.ts';
import { timeText } from '../units.ts';
import { byId, h } from './dom.ts';
import type { Selected } from './store.ts';

/** @param left and `top`, in pixels from the corner of the element */
export function showTooltip(what: Selected | undefined, element: HTMLElement, left: number, top: number): void {
  const tooltip = byId('tooltip');
  tooltip.hidden = what === undefined;
  if (what === undefined) return;
  tooltip.replaceChildren(h('strong', {}, titleOf(what)), ...linesOf(what).map((line) => h('span', {}, line)));
  const corner = element.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = tooltip;
  const x = Math.min(corner.left + left + 14, document.documentElement.clientWidth - offsetWidth - 8);
  const below = corner.top + top + 18;
  const y = below + offsetHeight > window.innerHeight ? corner.top + top - offsetHeight - 10 : below;
  tooltip.style.transform = `translate(${Math.max(x, 8)}px, ${Math.max(y, 8)}px)`;
}

export function titleOf({ entry, child }: Selected): string {
  if (entry !== undefined) return entry.title;
  return child.event.pid === undefined ? 'A child' : `Child ${child.event.pid}`;
}

function linesOf({ entry, child }: Selected): string[] {
  if (entry === undefined) return childLines(child);
  const { file, of, waited, opening, held, state } = entry;
  const parts = [
    `waited ${timeText(waited)}`,
    ...(opening > 0 ? [`opened in ${timeText(opening)}`] : []),
    ...(entry.granted === undefined ? ['got nothing'] : [`held ${timeText(held)}`]),
  ];
  return [
    ...(file === undefined ? [] : [file]),
    `${of}: ${parts.join(', ')}`,
    ...(state === 'failed' ? ['its test failed'] : []),
  ];
}

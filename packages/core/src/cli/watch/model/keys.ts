/** What a key does. Pure: names of keys are those of the terminal and of the page alike. */
import { sections } from './tables.ts';
import type { Action, View } from './view.ts';

export interface Key {
  /** Of a character: that. Otherwise "ArrowUp", "Enter", "Escape", "Tab", "Backspace", "PageDown", "Home", … as browsers say it. */
  readonly name: string;
  readonly shift?: boolean | undefined;
}

export type Act = Action | { readonly type: 'quit' };

/** More than there are rows. */
const far = 1_000_000;

/** @param page rows that are shown at once. Undefined: it does nothing */
export function actOf(view: View, { name, shift = false }: Key, page: number): Act | undefined {
  if (view.typing) return typed(view.filter, name);
  switch (name) {
    case 'q':
      return view.detail === undefined ? { type: 'quit' } : { type: 'close' };
    case 'Escape':
      if (view.detail !== undefined) return { type: 'close' };
      return view.filter === '' ? undefined : { type: 'typed', keep: false };
    case 'k':
    case 'ArrowUp':
      return { type: 'move', by: -1 };
    case 'j':
    case 'ArrowDown':
      return { type: 'move', by: 1 };
    case 'PageUp':
      return { type: 'move', by: -page };
    case 'PageDown':
    case ' ':
      return { type: 'move', by: page };
    case 'g':
    case 'Home':
      return { type: 'move', by: -far };
    case 'G':
    case 'End':
      return { type: 'move', by: far };
  }
  return view.detail === undefined ? ofTable(name, shift) : undefined;
}

function ofTable(name: string, shift: boolean): Act | undefined {
  switch (name) {
    case 'Enter':
      return { type: 'open' };
    case 'Tab':
      return { type: 'section', to: shift ? 'previous' : 'next' };
    case 'ArrowRight':
      return { type: 'section', to: 'next' };
    case 'ArrowLeft':
      return { type: 'section', to: 'previous' };
    case '/':
      return { type: 'type', text: undefined };
    case 's':
      return { type: 'sort', by: 'next' };
    case 'r':
      return { type: 'sort', by: 'reverse' };
  }
  const section = /^[1-9]$/.test(name) ? sections[Number(name) - 1] : undefined;
  return section === undefined ? undefined : { type: 'section', to: section };
}

function typed(filter: string, name: string): Act | undefined {
  if (name === 'Enter') return { type: 'typed', keep: true };
  if (name === 'Escape') return { type: 'typed', keep: false };
  if (name === 'Backspace') return { type: 'type', text: Array.from(filter).slice(0, -1).join('') };
  return Array.from(name).length === 1 ? { type: 'type', text: filter + name } : undefined;
}

/** Names of keys and combinations. Case, spaces, `_` and `-` do not count, as in the renderer. */
import { field, textOf, type Json } from './messages.ts';
import { words } from './words.ts';

export interface KeyPress {
  /** Its name in events. */
  readonly key: string;
  readonly modifiers: {
    readonly shift: boolean;
    readonly ctrl: boolean;
    readonly alt: boolean;
    readonly logo: boolean;
  };
  /** The text that it enters into a text field. */
  readonly text: string | undefined;
}

const none = { shift: false, ctrl: false, alt: false, logo: false };
const onMac = process.platform === 'darwin';

const named = words(`
  ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown Enter Tab Space Backspace Delete Insert Escape
  Shift Control Alt Super CapsLock NumLock ScrollLock PrintScreen Pause ContextMenu Copy Cut Paste Undo Redo
  F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12
`);

const aliases: Readonly<Record<string, readonly string[]>> = {
  ArrowUp: ['up', 'uparrow'],
  ArrowDown: ['down', 'downarrow'],
  ArrowLeft: ['left', 'leftarrow'],
  ArrowRight: ['right', 'rightarrow'],
  PageUp: ['pgup'],
  PageDown: ['pgdown', 'pgdn'],
  Enter: ['return'],
  Backspace: ['bs'],
  Delete: ['del'],
  Insert: ['ins'],
  Escape: ['esc'],
  Control: ['ctrl'],
  Alt: ['option', 'opt'],
  Super: ['logo', 'meta', 'command', 'cmd', 'win'],
  CapsLock: ['caps'],
  NumLock: ['num'],
  PrintScreen: ['prtsc', 'print'],
  Pause: ['break'],
  ContextMenu: ['menu'],
};

const names = new Map(
  named.flatMap((name) => [name.toLowerCase(), ...(aliases[name] ?? [])].map((key) => [key, name])),
);

const modifierNames: Readonly<Record<string, keyof typeof none | 'command'>> = {
  ctrl: 'ctrl',
  control: 'ctrl',
  shift: 'shift',
  alt: 'alt',
  option: 'alt',
  opt: 'alt',
  logo: 'logo',
  super: 'logo',
  win: 'logo',
  meta: 'logo',
  command: 'command',
  cmd: 'command',
};

/** `{combo: 'Ctrl+s'}`, `{key: 's', modifiers: {ctrl: true}}` or `{key: 'ctrl+s'}`. */
export function keyPress(payload: Json | undefined): KeyPress {
  const combo = field(payload, 'combo');
  const key = field(payload, 'key');
  const modifiers = field(payload, 'modifiers');
  if (typeof combo !== 'string' && typeof key === 'string' && modifiers !== undefined) {
    const on = (name: string): boolean => field(modifiers, name) === true;
    return pressOf(
      keyName(key),
      { ...none, shift: on('shift'), alt: on('alt') },
      on('ctrl'),
      on('logo'),
      on('command'),
    );
  }
  return combination(textOf(combo, textOf(key, '')));
}

/** The key press that enters one character. */
export function character(text: string): KeyPress {
  return { key: text, modifiers: none, text };
}

export const plainKey = (name: string): KeyPress => ({ key: name, modifiers: none, text: undefined });

function combination(combo: string): KeyPress {
  const parts = combo.split('+');
  const held = new Set<string>();
  for (const part of parts.slice(0, -1)) {
    const name = normalize(part);
    if (name === '') continue;
    const modifier = modifierNames[name];
    // An unknown modifier makes the whole text one key.
    if (modifier === undefined) return pressOf(keyName(combo), none, false, false, false);
    held.add(modifier);
  }
  const modifiers = { ...none, shift: held.has('shift'), alt: held.has('alt') };
  return pressOf(keyName(parts.at(-1) ?? ''), modifiers, held.has('ctrl'), held.has('logo'), held.has('command'));
}

function pressOf(key: string, rest: KeyPress['modifiers'], ctrl: boolean, logo: boolean, command: boolean): KeyPress {
  const modifiers = { ...rest, ctrl: ctrl || (command && !onMac), logo: logo || (command && onMac) };
  const types = !named.includes(key) && !Object.values(modifiers).includes(true);
  return { key, modifiers, text: types ? key : undefined };
}

function keyName(written: string): string {
  const trimmed = written.trim();
  if (Buffer.byteLength(trimmed) === 1) return trimmed;
  const normalized = normalize(trimmed);
  return names.get(normalized) ?? normalized;
}

function normalize(written: string): string {
  return written.replaceAll(/[\s_-]/g, '').toLowerCase();
}

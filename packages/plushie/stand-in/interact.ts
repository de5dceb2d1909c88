/** `interact`: the input of an action, and the events it stands for if no widget reacts to that input. */
import type { Input, WidgetEvent } from './input.ts';
import { character, keyPress, plainKey } from './keys.ts';
import { field, numberOf, textOf, type Interact, type Json, type JsonObject } from './messages.ts';
import { find, windowOf } from './selectors.ts';
import type { Node } from './tree.ts';
import { words } from './words.ts';

const synthetic: ReadonlySet<string> = new Set(words('click toggle select canvas_press canvas_release canvas_move'));

const known: ReadonlySet<string> = new Set([
  ...synthetic,
  ...words('type_text submit slide paste scroll sort pane_focus_cycle press release type_key move_to'),
]);

/** The input that an action consists of; none if it goes straight to its events. */
export function inputsOf({ action, payload, selector }: Interact, root: Node | undefined): readonly Input[] {
  if (synthetic.has(action) && find(root, selector) !== undefined) return [];
  const key = (kind: 'press' | 'release', press = keyPress(payload)): Input => ({ kind, press });
  switch (action) {
    case 'type_text':
      return Array.from(textOf(field(payload, 'text'), ''))
        .map(character)
        .flatMap((press) => [key('press', press), key('release', press)]);
    case 'type_key':
      return [key('press'), key('release')];
    case 'press':
    case 'release':
      return [key(action)];
    case 'submit':
      return [key('press', plainKey('Enter')), key('release', plainKey('Enter'))];
    case 'focus_element':
      return [key('press', plainKey('Tab'))];
    case 'scroll':
    case 'move_to':
    case 'click_element':
      return [{ kind: 'pointer' }];
    default:
      return synthetic.has(action) ? [{ kind: 'pointer' }] : [];
  }
}

export interface InteractEvent extends WidgetEvent {
  readonly modifiers?: JsonObject;
}

/** The events that an action stands for. */
export function eventsOf({ action, payload, selector }: Interact, root: Node | undefined): readonly InteractEvent[] {
  const found = find(root, selector);
  const target = windowOf(root, found, selector) === undefined ? undefined : found?.node;
  const get = (name: string): Json | undefined => field(payload, name);
  const x = Math.fround(numberOf(get('x')));
  const y = Math.fround(numberOf(get('y')));
  const delta = { delta_x: numberOf(get('delta_x')), delta_y: numberOf(get('delta_y')) };

  switch (action) {
    case 'press':
      return [keyEvent('key_press', payload)];
    case 'release':
      return [keyEvent('key_release', payload)];
    case 'type_key':
      return [keyEvent('key_press', payload), keyEvent('key_release', payload)];
    case 'move_to':
      return [{ family: 'cursor_moved', id: '', value: { x, y } }];
    case 'scroll':
      if (target !== undefined) return [{ family: 'scroll', id: target.id, value: delta }];
      return [{ family: 'wheel_scrolled', id: '', value: { ...delta, unit: 'pixel' } }];
    default:
  }
  if (!known.has(action)) return [diagnostic('unknown_action', `unknown interact action: ${action}`)];
  if (target === undefined) {
    if (action === 'click') return [];
    return [diagnostic('selector_not_found', `interact ${action}: no widget matched the selector`)];
  }

  const { id, props } = target;
  const pointer = {
    modifiers: { alt: false, command: false, ctrl: false, logo: false, shift: false },
    pointer: 'mouse',
  };
  const button = textOf(get('button'), 'left');
  switch (action) {
    case 'click':
    case 'pane_focus_cycle':
      return [{ family: action, id }];
    case 'type_text':
      return [{ family: 'input', id, value: textOf(get('text'), '') }];
    case 'paste':
      return [{ family: 'paste', id, value: textOf(get('text'), '') }];
    case 'submit':
    case 'select':
      return [{ family: action, id, value: textOf(get('value'), '') }];
    case 'toggle':
      return [{ family: 'toggle', id, value: get('value') === true }];
    case 'slide':
      return [{ family: 'slide', id, value: numberOf(get('value')) }];
    case 'sort':
      return [{ family: 'sort', id, value: { column: textOf(get('column'), '') } }];
    case 'canvas_press':
      return props['on_press'] === true ? [{ family: 'press', id, value: { button, ...pointer, x, y } }] : [];
    case 'canvas_release':
      return props['on_press'] === true ? [{ family: 'release', id, value: { button, ...pointer, x, y } }] : [];
    case 'canvas_move':
      return [{ family: 'move', id, value: { ...pointer, x, y } }];
    default:
      return [];
  }
}

function keyEvent(family: string, payload: Json | undefined): InteractEvent {
  const { key, modifiers } = keyPress(payload);
  const { shift, ctrl, alt, logo } = modifiers;
  return { family, id: '', value: { key }, modifiers: { shift, ctrl, alt, logo, command: false } };
}

function diagnostic(code: string, message: string): InteractEvent {
  return { family: 'diagnostic', id: '', value: { code, element_id: null, level: 'warning', message } };
}

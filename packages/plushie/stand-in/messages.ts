/**
 * What the renderer accepts. It drops a message with an unknown type, or with a missing or mistyped field, and writes a
 * line to stderr; it ignores fields that it does not know.
 */
import { Malformed } from './msgpack.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface PatchOp {
  readonly op: string;
  readonly path: readonly number[];
  readonly [field: string]: Json;
}

export type Incoming =
  | { readonly type: 'snapshot'; readonly tree: Json }
  | { readonly type: 'patch'; readonly ops: readonly PatchOp[] }
  | { readonly type: 'effect'; readonly id: string; readonly kind: string; readonly payload: Json }
  | { readonly type: 'widget_op' | 'system_op' | 'system_query'; readonly op: string; readonly payload?: Json }
  | { readonly type: 'window_op'; readonly op: string; readonly window_id: string; readonly payload?: Json }
  | { readonly type: 'subscribe'; readonly kind: string; readonly tag: string }
  | { readonly type: 'unsubscribe'; readonly kind: string; readonly tag?: string | null }
  | { readonly type: 'settings'; readonly settings: Json }
  | { readonly type: 'query'; readonly id: string; readonly target: string; readonly selector?: Json }
  | Interact
  | { readonly type: 'tree_hash' | 'screenshot'; readonly id: string; readonly name: string }
  | { readonly type: 'reset'; readonly id: string }
  | { readonly type: 'image_op'; readonly op: string; readonly payload?: JsonObject }
  | { readonly type: 'command'; readonly id: string; readonly family: string; readonly value?: Json }
  | { readonly type: 'commands'; readonly commands: readonly Json[] }
  | { readonly type: 'advance_frame'; readonly timestamp: number }
  | { readonly type: 'register_effect_stub'; readonly kind: string; readonly response: Json }
  | { readonly type: 'unregister_effect_stub'; readonly kind: string }
  | { readonly type: 'load_font'; readonly payload?: Json };

export interface Interact {
  readonly type: 'interact';
  readonly id: string;
  readonly action: string;
  readonly selector?: Json;
  readonly payload?: Json;
}

type Check = (value: Json | undefined, field: string) => void;

const anything: Check = () => {};

const present: Check = (value, field) => {
  if (value === undefined) throw new Malformed(`missing field \`${field}\``);
};

const text: Check = (value, field) => {
  present(value, field);
  if (typeof value !== 'string') throw new Malformed(`invalid type: ${kindOf(value)}, expected a string`);
};

const maybeText: Check = (value, field) => {
  if (value !== undefined && value !== null) text(value, field);
};

const count: Check = (value, field) => {
  present(value, field);
  if (!isIndex(value)) throw new Malformed(`invalid type: ${kindOf(value)}, expected an unsigned integer`);
};

const maybeCount: Check = (value, field) => {
  if (value !== undefined && value !== null) count(value, field);
};

const list: Check = (value, field) => {
  present(value, field);
  if (!Array.isArray(value)) throw new Malformed(`invalid type: ${kindOf(value)}, expected a sequence`);
};

const maybeObject: Check = (value) => {
  if (value !== undefined && !isObject(value)) throw new Malformed(`invalid type: ${kindOf(value)}, expected a map`);
};

const node: Check = (value, field) => {
  present(value, field);
  if (!isObject(value)) throw new Malformed(`invalid type: ${kindOf(value)}, expected a node`);
  text(value['id'], 'id');
  text(value['type'], 'type');
  const children = value['children'];
  if (children === undefined) return;
  list(children, 'children');
  for (const child of children as readonly Json[]) node(child, 'children');
};

const operations: Check = (value, field) => {
  list(value, field);
  for (const operation of value as readonly Json[]) {
    if (!isObject(operation)) throw new Malformed(`invalid type: ${kindOf(operation)}, expected an operation`);
    text(operation['op'], 'op');
    list(operation['path'], 'path');
    for (const index of operation['path'] as readonly Json[]) count(index, 'path');
  }
};

const commands: Check = (value, field) => {
  list(value, field);
  for (const command of value as readonly Json[]) {
    if (!isObject(command)) throw new Malformed(`invalid type: ${kindOf(command)}, expected a command`);
    text(command['id'], 'id');
    text(command['family'], 'family');
  }
};

const shapes: Readonly<Record<Incoming['type'], Readonly<Record<string, Check>>>> = {
  snapshot: { tree: node },
  patch: { ops: operations },
  effect: { id: text, kind: text, payload: present },
  widget_op: { op: text, payload: anything },
  subscribe: { kind: text, tag: text, window_id: maybeText, max_rate: maybeCount },
  unsubscribe: { kind: text, tag: maybeText },
  window_op: { op: text, window_id: text, payload: anything },
  system_op: { op: text, payload: anything },
  system_query: { op: text, payload: anything },
  settings: { settings: present },
  query: { id: text, target: text, selector: anything },
  interact: { id: text, action: text, selector: anything, payload: anything },
  tree_hash: { id: text, name: text },
  screenshot: { id: text, name: text, width: maybeCount, height: maybeCount },
  reset: { id: text },
  image_op: { op: text, payload: maybeObject },
  command: { id: text, family: text, value: anything },
  commands: { commands },
  advance_frame: { timestamp: count },
  register_effect_stub: { kind: text, response: present },
  unregister_effect_stub: { kind: text },
  load_font: { payload: maybeObject },
};

/** Checks a message. @throws Malformed with words like the renderer's */
export function parse(value: unknown): { readonly session: string; readonly message: Incoming } {
  const fields = value as Json;
  if (!isObject(fields)) throw new Malformed('expected JSON object');
  const session = fields['session'] ?? '';
  if (typeof session !== 'string' || fields['session'] === null) {
    throw new Malformed(`session must be a string, got ${JSON.stringify(fields['session'])}`);
  }
  text(fields['type'], 'type');
  const type = fields['type'] as string;
  if (!isKnown(type)) {
    throw new Malformed(`unknown variant \`${type}\`, expected one of ${Object.keys(shapes).join(', ')}`);
  }
  for (const [field, check] of Object.entries(shapes[type])) check(fields[field], field);
  return { session, message: fields as unknown as Incoming };
}

/** True if the value is a node. */
export function isNode(value: Json | undefined): boolean {
  try {
    node(value, 'node');
    return true;
  } catch {
    return false;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isIndex(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** The field of a value that may not be an object. */
export function field(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined;
}

export function textOf(value: Json | undefined, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

export function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}

function isKnown(type: string): type is Incoming['type'] {
  return Object.hasOwn(shapes, type);
}

function kindOf(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'sequence';
  if (typeof value === 'object') return 'map';
  return typeof value === 'number' ? `integer \`${value}\`` : typeof value;
}

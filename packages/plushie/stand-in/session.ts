/**
 * One isolated session: a tree, its stubs, subscriptions and images, and at most one interaction under way. `take`
 * answers a message before it returns. While an interaction waits for the tree after a step, it takes the next message,
 * whatever it is, for that tree.
 */
import { effectOutcome, isEffectKind } from './effects.ts';
import { focused, nextFocus, reaction, type Focus, type Input, type WidgetEvent } from './input.ts';
import { eventsOf, inputsOf, type InteractEvent } from './interact.ts';
import { field, isObject, textOf, type Incoming, type Interact, type Json, type PatchOp } from './messages.ts';
import { applyOp, knownOps, orderFault } from './patches.ts';
import { find } from './selectors.ts';
import { sorted } from './sorted.ts';
import { themeMode } from './themes.ts';
import { duplicateIds, hashOf, nodeFrom, type Node } from './tree.ts';
import { words } from './words.ts';

export interface SessionOptions {
  /** Sends a message of this session, or of none if it says `session: ''`. */
  readonly emit: (message: object) => void;
  readonly log: (level: 'WARN' | 'ERROR', words: string) => void;
  /** An interaction makes no steps: its events are in its response. */
  readonly windowed: boolean;
  /** How long a step waits for its tree, in milliseconds. */
  readonly patience: number;
  /** A step was not answered in time, and the session is over. */
  readonly onGivenUp: () => void;
}

/** An interaction that has made a step: it gets the next message, or `undefined` if none will come. */
type Waiting = Generator<void, void, Incoming | undefined>;

export class Session {
  readonly #options: SessionOptions;
  #root: Node | undefined;
  #focus: Focus | undefined;
  #theme: string | undefined;
  #waiting: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #stubs = new Map<string, Json>();
  readonly #subscriptions = new Map<string, Set<string>>();
  readonly #images = new Set<string>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Handles a message. @param name the session's, repeated in every answer */
  take(name: string, message: Incoming): void {
    if (this.#waiting !== undefined) this.#resume(message);
    else this.#handle(name, message);
  }

  /** No more messages will come. @returns true if an interaction was waiting for one */
  end(): boolean {
    if (this.#waiting === undefined) return false;
    this.#resume(undefined);
    return true;
  }

  #resume(message: Incoming | undefined): void {
    clearTimeout(this.#timer);
    if (this.#waiting?.next(message).done === true) this.#waiting = undefined;
    else this.#watch();
  }

  #watch(): void {
    const { patience, onGivenUp } = this.#options;
    if (patience === Infinity) return;
    this.#timer = setTimeout(() => {
      this.end();
      onGivenUp();
    }, patience);
  }

  #handle(name: string, message: Incoming): void {
    const answer = (type: string, fields: object): void => {
      const whole = { type, session: name, ...fields };
      this.#options.emit(alphabetical.has(type) ? (sorted(whole) as object) : whole);
    };
    const event = (family: string, id: string, rest: object): void => answer('event', { family, id, ...rest });
    switch (message.type) {
      case 'query':
        return answer('query_response', { id: message.id, target: message.target, data: this.#query(message) });
      case 'tree_hash':
        return answer('tree_hash_response', { id: message.id, name: message.name, hash: hashOf(this.#root) });
      case 'screenshot':
        // Mock mode draws nothing.
        return answer('screenshot_response', { hash: '', height: 0, id: message.id, name: message.name, width: 0 });
      case 'reset':
        this.#clear();
        return answer('reset_response', { id: message.id, status: 'ok' });
      case 'interact': {
        const interaction = this.#interact(name, message);
        if (interaction.next().done === true) return;
        this.#waiting = interaction;
        return this.#watch();
      }
      case 'advance_frame':
        for (const tag of this.#subscriptions.get('on_animation_frame') ?? []) {
          event('animation_frame', '', { value: { timestamp: message.timestamp }, tag });
        }
        return;
      case 'command':
      case 'commands':
        return;
      default:
        return this.#apply(message, event, answer);
    }
  }

  /** Messages that an interaction applies between its steps too; it then passes functions that send nothing. */
  #apply(
    message: Incoming,
    event: (family: string, id: string, rest: object) => void,
    answer: (type: string, fields: object) => void,
  ): void {
    switch (message.type) {
      case 'snapshot': {
        this.#root = nodeFrom(message.tree);
        this.#changed(event);
        const duplicates = duplicateIds(this.#root);
        if (duplicates.length === 0) return;
        this.#options.log('ERROR', `snapshot contains duplicate node IDs: ${duplicates.join(', ')}`);
        const error = 'snapshot contains duplicate node IDs';
        return event('error', 'duplicate_node_ids', { value: { duplicates, error } });
      }
      case 'patch': {
        const fault = orderFault(message.ops);
        if (fault !== undefined) return event('error', 'patch_order', { value: { error: fault } });
        for (const operation of message.ops) this.#patch(operation);
        return this.#changed(event);
      }
      case 'effect': {
        const { id, kind, payload } = message;
        if (id !== '') return answer('effect_response', { id, ...effectOutcome(kind, payload, this.#stubs) });
        return event('error', 'effect', { value: { error: 'effect request missing response id', kind } });
      }
      case 'register_effect_stub': {
        const ok = isEffectKind(message.kind);
        if (ok) this.#stubs.set(message.kind, message.response);
        return answer('effect_stub_register_ack', { kind: message.kind, status: ok ? 'registered' : 'error' });
      }
      case 'unregister_effect_stub': {
        const ok = isEffectKind(message.kind);
        this.#stubs.delete(message.kind);
        return answer('effect_stub_unregister_ack', { kind: message.kind, status: ok ? 'unregistered' : 'error' });
      }
      case 'subscribe': {
        const tags = this.#subscriptions.get(message.kind) ?? new Set();
        this.#subscriptions.set(message.kind, tags.add(message.tag));
        return;
      }
      case 'unsubscribe':
        if (typeof message.tag === 'string') this.#subscriptions.get(message.kind)?.delete(message.tag);
        else this.#subscriptions.delete(message.kind);
        return;
      case 'widget_op':
        return this.#widgetOp(message.op, message.payload, event, answer);
      case 'image_op':
        return this.#imageOp(message.op, message.payload, answer);
      case 'settings':
        return this.#settings(message.settings);
      default:
    }
  }

  #clear(): void {
    this.#root = undefined;
    this.#focus = undefined;
    this.#theme = undefined;
    this.#stubs.clear();
    this.#subscriptions.clear();
    this.#images.clear();
  }

  #query({ target, selector }: { readonly target: string; readonly selector?: Json }): Node | null {
    if (target === 'tree') return this.#root ?? null;
    if (target === 'find') return find(this.#root, selector)?.node ?? null;
    this.#options.log('WARN', `unknown query target: ${target}`);
    return null;
  }

  #patch(operation: PatchOp): void {
    if (!knownOps.has(operation.op)) {
      const diagnostic = { kind: 'unknown_patch_op', op: operation.op, payload: sorted(operation) };
      this.#options.emit({ type: 'diagnostic', session: '', level: 'error', diagnostic });
    }
    const result = applyOp(this.#root, operation);
    if (typeof result === 'string') this.#options.log('WARN', `failed to apply patch op "${operation.op}": ${result}`);
    else this.#root = result;
  }

  /** The tree has changed. A focus whose widget is gone ends, even if a later tree has such a widget again. */
  #changed(event: (family: string, id: string, rest: object) => void): void {
    if (focused(this.#root, this.#focus) === undefined) this.#focus = undefined;
    const theme = this.#root?.props['theme'];
    const mode = themeMode(theme);
    const before = this.#theme;
    this.#theme = mode === undefined ? undefined : JSON.stringify(theme);
    if (mode === undefined || mode === 'system' || this.#theme === before) return;
    for (const tag of this.#subscriptions.get('on_theme_change') ?? [])
      event('theme_changed', '', { value: mode, tag });
  }

  #settings(settings: Json): void {
    const odd = isObject(settings) ? Object.keys(settings).find((key) => !settingNames.has(key)) : '';
    if (odd === undefined) return;
    const diagnostic = { kind: 'invalid_settings', detail: `unknown field \`${odd}\`` };
    this.#options.emit({ type: 'diagnostic', session: '', level: 'error', diagnostic });
  }

  #widgetOp(
    op: string,
    payload: Json | undefined,
    event: (family: string, id: string, rest: object) => void,
    answer: (type: string, fields: object) => void,
  ): void {
    if (op === 'announce') {
      const politeness = textOf(field(payload, 'politeness'), 'assertive');
      return event('announce', '', { value: { politeness, text: textOf(field(payload, 'text'), '') } });
    }
    if (op === 'clear_images') return this.#images.clear();
    if (op !== 'find_focused' && op !== 'list_images') return;
    const data = op === 'find_focused' ? { focused: null } : { handles: [...this.#images] };
    answer('op_query_response', { data, kind: op, tag: textOf(field(payload, 'tag'), op) });
  }

  #imageOp(op: string, payload: Json | undefined, answer: (type: string, fields: object) => void): void {
    const handle = textOf(field(payload, 'handle'), '');
    const has = (name: string): boolean => typeof field(payload, name) === 'string';
    if (op === 'list') return this.#widgetOp('list_images', payload, () => {}, answer);
    if (op === 'clear') this.#images.clear();
    else if (op === 'delete_image') this.#images.delete(handle);
    else if (['create_image', 'update_image'].includes(op) && (has('data') || has('pixels'))) this.#images.add(handle);
    else this.#options.log('WARN', `mock: image_op ${op} failed`);
  }

  /** Each `yield` comes after a step, and returns the message that follows it. */
  *#interact(name: string, message: Interact): Waiting {
    const emit = (type: string, events: readonly InteractEvent[]): void =>
      this.#options.emit({
        type,
        session: name,
        id: message.id,
        events: events.map((event) => ({ type: 'event', session: name, ...event })),
      });
    let stepped = false;
    if (this.#options.windowed) {
      emit('interact_response', eventsOf(message, this.#root));
      return;
    }
    for (const input of inputsOf(message, this.#root)) {
      const event = this.#feed(input);
      if (event === undefined) continue;
      stepped = true;
      emit('interact_step', [event]);
      const next: Incoming | undefined = yield;
      if (next === undefined) break;
      if (next.type !== 'snapshot' && next.type !== 'patch') {
        this.#options.log('WARN', `interact_step: expected snapshot or patch from host, got ${next.type}`);
      }
      this.#apply(next, silent, silent);
    }
    emit('interact_response', stepped ? [] : eventsOf(message, this.#root));
  }

  #feed(input: Input): WidgetEvent | undefined {
    if (input.kind !== 'press') return undefined;
    const { key, modifiers } = input.press;
    if (key === 'Tab') this.#focus = nextFocus(this.#root, this.#focus, modifiers.shift);
    else if (key === 'Escape') this.#focus = undefined;
    const node = focused(this.#root, this.#focus);
    return node === undefined || this.#focus === undefined ? undefined : reaction(node, this.#focus, input.press);
  }
}

/** The order of fields shows on the wire: in these answers it is alphabetical, in all others that of their definition. */
const alphabetical: ReadonlySet<string> = new Set(['op_query_response', 'screenshot_response']);

const silent = (): void => {};

const settingNames: ReadonlySet<string> = new Set(
  words(`
    protocol_version default_event_rate default_text_size default_font antialiasing vsync fonts
    scale_factor theme widget_config validate_props log_level
  `),
);

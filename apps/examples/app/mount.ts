/**
 * A small runtime: shows an app in a session of the renderer, passes the events of its widgets to `update`, and shows
 * the new view. An app is data and two pure functions, so that tests can look at its model as well as at its widgets.
 */
import type { Session } from 'carpool';
import type { Interact, PlushieEvent, PlushieMessages, Selector, StoredNode, TreeNode } from '@carpool/plushie';

export interface App<Model> {
  readonly init: Model;
  view(model: Model): TreeNode;
  update(model: Model, event: PlushieEvent): Model;
}

export type Renderer = Session<PlushieMessages>;

export class Mounted<Model> {
  readonly #renderer: Renderer;
  readonly #app: App<Model>;
  #model: Model;

  constructor(renderer: Renderer, app: App<Model>) {
    this.#renderer = renderer;
    this.#app = app;
    this.#model = app.init;
    this.#show();
  }

  get model(): Model {
    return this.#model;
  }

  async click(id: string): Promise<void> {
    await this.#interact({ type: 'interact', action: 'click', selector: byId(id) });
  }

  async type(id: string, text: string): Promise<void> {
    await this.#interact({ type: 'interact', action: 'type_text', selector: byId(id), payload: { text } });
  }

  async paste(id: string, text: string): Promise<void> {
    await this.#interact({ type: 'interact', action: 'paste', selector: byId(id), payload: { text } });
  }

  async submit(id: string): Promise<void> {
    await this.#interact({ type: 'interact', action: 'submit', selector: byId(id) });
  }

  async toggle(id: string, value: boolean): Promise<void> {
    await this.#interact({ type: 'interact', action: 'toggle', selector: byId(id), payload: { value } });
  }

  async select(id: string, value: string): Promise<void> {
    await this.#interact({ type: 'interact', action: 'select', selector: byId(id), payload: { value } });
  }

  async slide(id: string, value: number): Promise<void> {
    await this.#interact({ type: 'interact', action: 'slide', selector: byId(id), payload: { value } });
  }

  /** Presses and releases a key, whatever has the focus. */
  async press(key: string): Promise<void> {
    await this.#interact({ type: 'interact', action: 'type_key', payload: { key } });
  }

  /** What the renderer shows under this id; undefined if there is no such widget. */
  async find(id: string): Promise<StoredNode | undefined> {
    return (await findIn(this.#renderer, byId(id))) ?? undefined;
  }

  /** The content of a text, or the label of a button. */
  async text(id: string): Promise<string | undefined> {
    const { content, label } = (await this.find(id))?.props ?? {};
    const words = content ?? label;
    return typeof words === 'string' ? words : undefined;
  }

  async #interact(interact: Interact): Promise<void> {
    const interaction = this.#renderer.interact(interact);
    // The renderer waits after every step for the view that follows from it.
    for await (const step of interaction) this.#take(step.events);
    const { events } = await interaction;
    if (events.length > 0) this.#take(events);
  }

  #take(events: readonly PlushieEvent[]): void {
    for (const event of events) this.#model = this.#app.update(this.#model, event);
    this.#show();
  }

  #show(): void {
    this.#renderer.send({ type: 'snapshot', tree: this.#app.view(this.#model) });
  }
}

export function mount<Model>(renderer: Renderer, app: App<Model>): Mounted<Model> {
  return new Mounted(renderer, app);
}

export function byId(value: string): Selector {
  return { by: 'id', value };
}

export async function findIn(renderer: Renderer, selector: Selector): Promise<StoredNode | null> {
  return (await renderer.request({ type: 'query', target: 'find', selector }, { expect: 'query_response' })).data;
}

export async function hashOf(renderer: Renderer): Promise<string> {
  return (await renderer.request({ type: 'tree_hash', name: 'hash' }, { expect: 'tree_hash_response' })).hash;
}

import type { TreeNode } from '@carpool/plushie';
import type { App } from './mount.ts';
import { button, text, window } from './widgets.ts';

type Page = 'home' | 'products' | 'cart';

export interface Shop {
  /** The last one is shown. */
  readonly visited: readonly Page[];
  readonly cart: readonly string[];
}

const products = ['bread', 'butter', 'honey'];

export const shop: App<Shop> = {
  init: { visited: ['home'], cart: [] },

  view(model) {
    const page = model.visited.at(-1) ?? 'home';
    const back = model.visited.length > 1 ? [button('back', 'Back')] : [];
    return window(`Shop: ${page}`, text('title', page), ...pages[page](model), ...back);
  },

  update(model, { family, id }) {
    if (family !== 'click') return model;
    if (id === 'back') return { ...model, visited: model.visited.slice(0, -1) };
    if (id.startsWith('to-')) return { ...model, visited: [...model.visited, id.slice(3) as Page] };
    if (id.startsWith('buy-')) return { ...model, cart: [...model.cart, id.slice(4)] };
    return model;
  },
};

const pages: Readonly<Record<Page, (model: Shop) => readonly TreeNode[]>> = {
  home: () => [button('to-products', 'Products'), button('to-cart', 'Cart')],
  products: () => [...products.map((name) => button(`buy-${name}`, `Buy ${name}`)), button('to-cart', 'Cart')],
  cart: ({ cart }) => [text('in-cart', cart.length === 0 ? 'nothing yet' : cart.join(', '))],
};

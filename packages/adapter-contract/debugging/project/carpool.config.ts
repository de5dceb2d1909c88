import { defineConfig } from 'carpool';

const cart = {
  command: 'node',
  args: ['cart.mjs'],
  protocol: {
    hello: { expect: { type: 'ready' } },
    close: { send: { type: 'reset' }, expect: { type: 'closed' } },
  },
  requestTimeout: 2_000,
  closeTimeout: 1_000,
};

export default defineConfig({
  pools: {
    cart: { ...cart, maxSessions: 8 },
    // There are two card readers.
    checkout: { ...cart, maxSessions: 2 },
  },
});

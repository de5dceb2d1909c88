import { defineConfig, server, type ServerOpen } from 'carpool';

const shop = { command: 'node', args: ['shop.mjs', '{port}', '{temp}'], ready: { http: '/health' } };

/** What a test may ask for. */
interface ShopParams {
  readonly items?: readonly string[];
}

export default defineConfig({
  pools: {
    // One process for all tests, and in it one shop for each test.
    shop: server({
      ...shop,
      async open({ url }, { params, freshId, signal }: ServerOpen<ShopParams>) {
        const own = `${url}/${freshId}`;
        await fetch(own, { method: 'PUT', signal });
        for (const item of params?.items ?? []) await fetch(own, { method: 'POST', body: item, signal });
        return { url: own };
      },
      async close(_server, { url }, { signal }) {
        await fetch(url, { method: 'DELETE', signal });
      },
      maxSessions: 16,
    }),
    // One process for each session, at most four at a time.
    ownShop: server({ ...shop, children: 4, sessionsPerChild: 1, recycleAfter: 1 }),
  },
});

import { createPool } from 'carpool';
import { browser, nulJson } from './browser.ts';

await using pool = createPool({
  command: 'node',
  args: ['browser.mjs'],
  codec: nulJson,
  protocol: browser,
  stdio: { in: 3, out: 4 },
});
await using page = await pool.register();
await page.request({ method: 'open', params: { address: 'first.html' } });

// Another id of the same session: the message names it, and `address` checks that it is ours.
page.send({ method: 'openPopup' });
const { params } = await page.event(({ method }) => method === 'popup');
const { sessionId } = params as { sessionId: string };
console.log(await page.request({ sessionId, method: 'title' }));

import { createPool } from 'carpool';
import { browser, nulJson } from './browser.ts';

await using pool = createPool({
  command: 'chromium',
  // As root, in a container for example, it needs `--no-sandbox`.
  args: ['--headless', '--no-sandbox', '--no-startup-window', '--user-data-dir={temp}', '--remote-debugging-pipe'],
  codec: nulJson,
  protocol: browser,
  stdio: { in: 3, out: 4 },
});
await using page = await pool.register();
const evaluate = (expression: string, sessionId?: string) =>
  page.request({
    method: 'Runtime.evaluate',
    params: { expression, userGesture: true },
    ...(sessionId && { sessionId }),
  });

console.log(await evaluate('document.title = "first"'));

// Another id of the same session: the message names it, and `address` checks that it is ours.
const opening = evaluate('open("about:blank") !== null');
const { params } = await page.event(({ method }) => method === 'Target.attachedToTarget');
const { sessionId } = params as { sessionId: string };
await page.request({ sessionId, method: 'Runtime.runIfWaitingForDebugger' });
await opening;
console.log(await evaluate('opener.document.title', sessionId));

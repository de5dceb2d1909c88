// Talks as Chromium does over --remote-debugging-pipe: commands on descriptor 3, answers on 4, JSON ended by NUL, and
// all its peculiarities: events before an answer, several ids for one session, ids that it chooses, requests that
// nothing settles after a crash, `undefined` where an answer should be.
import { Socket } from 'node:net';

const input = new Socket({ fd: 3, readable: true, writable: false });
const output = new Socket({ fd: 4, readable: false, writable: true });
const contexts = new Map();
const targets = new Map();
const sessions = new Map();
let made = 0;

const say = (message) => output.write(`${JSON.stringify(message)}\0`);
const event = (method, params, sessionId) => say({ method, params, ...(sessionId && { sessionId }) });

function attach(targetId, parent) {
  const sessionId = `session-${++made}`;
  const { browserContextId } = targets.get(targetId);
  sessions.set(sessionId, { targetId, browserContextId, crashed: false });
  event('Target.attachedToTarget', { sessionId, targetInfo: { targetId, browserContextId } }, parent);
  event('Runtime.executionContextCreated', { context: { origin: targetId } }, sessionId);
  return { sessionId };
}

function createTarget({ browserContextId }) {
  if (!contexts.has(browserContextId)) throw new Error(`Failed to find browser context with id ${browserContextId}`);
  const targetId = `target-${++made}`;
  targets.set(targetId, { browserContextId });
  event('Target.targetCreated', { targetInfo: { targetId, browserContextId } });
  return { targetId };
}

const commands = {
  'Browser.getVersion': () => ({ product: 'Browser/1.0', protocolVersion: '1.3' }),
  'Browser.close': () => process.exit(0),
  'Target.createBrowserContext'() {
    const browserContextId = `context-${++made}`;
    contexts.set(browserContextId, true);
    return { browserContextId };
  },
  'Target.createTarget': createTarget,
  'Target.attachToTarget': ({ targetId }) => attach(targetId),
  'Target.disposeBrowserContext'({ browserContextId }) {
    for (const [sessionId, of] of sessions) {
      if (of.browserContextId !== browserContextId) continue;
      sessions.delete(sessionId);
      event('Target.detachedFromTarget', { sessionId });
    }
    contexts.delete(browserContextId);
    return {};
  },
  'Target.getBrowserContexts': () => ({ browserContextIds: [...contexts.keys()] }),
  'Runtime.evaluate': ({ expression }, sessionId) => ({ result: { value: `${expression} in ${sessionId}` } }),
  'Page.crash'(_, sessionId) {
    sessions.get(sessionId).crashed = true;
    event('Inspector.targetCrashed', {}, sessionId);
  },
  'Page.open'(_, sessionId) {
    const { browserContextId } = sessions.get(sessionId);
    const { targetId } = createTarget({ browserContextId });
    return attach(targetId, sessionId);
  },
};

function obey({ id, method, params = {}, sessionId }) {
  if (sessions.get(sessionId)?.crashed) return;
  const back = { id, ...(sessionId && { sessionId }) };
  try {
    const result = commands[method](params, sessionId);
    if (result !== undefined) say({ ...back, result });
  } catch (error) {
    say({ ...back, error: { code: -32000, message: error.message } });
  }
}

let text = '';
input.on('data', (chunk) => {
  const parts = (text + chunk).split('\0');
  text = parts.pop();
  for (const part of parts) obey(JSON.parse(part));
});
input.on('end', () => process.exit(0));

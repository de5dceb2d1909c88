// The child of all runners: echo.mjs of packages/core/test/programs with one small memory for each session.
import { say, serve } from './talk.mjs';

const memories = new Map();
const waiting = [];

/** Acts on a message, once its session is known here. */
const act = (answer) => (message) => {
  const { session, id } = message;
  if (!memories.has(session)) memories.set(session, {});
  const words = answer(message, memories.get(session));
  if (words !== undefined) say({ ...words, type: 'reply', session, id });
};

serve({
  set: act(({ value }, memory) => ({ value: (memory.value = value) })),
  get: act((_message, { value }) => ({ value })),
  // Who it is, and which sessions it knows now.
  who: act(() => ({ pid: process.pid, sessions: [...memories.keys()] })),
  log: act(({ text }) => (process.stderr.write(`${text}\n`), {})),
  silence: act(() => undefined),
  // Answered when `all` of them wait: proof that so many sessions are open at once.
  wait: act(({ session, id, all }) => {
    waiting.push({ type: 'reply', session, id });
    if (waiting.length >= all) for (const reply of waiting.splice(0)) say(reply);
  }),
  reset({ session }) {
    memories.delete(session);
    say({ type: 'closed', session });
  },
});

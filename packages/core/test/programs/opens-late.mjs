// {type:'open', session} is confirmed by {type:'opened'} only when another session sends {type:'let-in'}; it answers
// {type:'list'} with the open sessions.
import { reply, say, serve } from './talk.mjs';

const waiting = [];
const open = new Set();
serve({
  open({ session }) {
    open.add(session);
    waiting.push(session);
    if (open.size === 1) waiting.splice(0).forEach((id) => say({ type: 'opened', session: id }));
  },
  'let-in'(message) {
    waiting.splice(0).forEach((id) => say({ type: 'opened', session: id }));
    reply(message);
  },
  list: ({ session, id }) => say({ type: 'reply', session, id, open: [...open] }),
  reset({ session }) {
    open.delete(session);
    say({ type: 'closed', session });
  },
});

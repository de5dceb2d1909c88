// {type:'grow', megabytes} keeps so much memory for ever, {type:'who'} asks for its pid. It echoes every other message.
import { reply, say, serve } from './talk.mjs';

const kept = [];

serve({
  who: ({ session, id }) => say({ type: 'reply', session, id, pid: process.pid }),
  grow: (message) => {
    // What is not written is not resident.
    kept.push(Buffer.alloc(message.megabytes * 1024 * 1024, 1));
    reply(message);
  },
});

// Answers every message with --count=10000 events, then with the reply.
import { number, reply, say, serve } from './talk.mjs';

serve({
  any(message) {
    for (let n = 0; n < number('count', 10_000); n++) say({ type: 'event', session: message.session, n });
    reply(message);
  },
});

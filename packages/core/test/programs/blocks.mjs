// On {type:'block'} it answers nothing any more, whatever comes. {type:'who'} asks for its pid. It echoes every other message.
import { say, serve } from './talk.mjs';

serve({
  block() {
    for (;;);
  },
  who: ({ session, id }) => say({ type: 'reply', session, id, pid: process.pid }),
});

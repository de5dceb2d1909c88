// On {type:'block'} it answers nothing any more, whatever comes; with --last-word from the end of a session on, after an event. {type:'who'} asks for its pid. It echoes every other message.
import { flag, say, serve } from './talk.mjs';

serve({
  block() {
    for (;;);
  },
  ...(flag('last-word') && {
    reset({ session }) {
      say({ type: 'event', session });
      for (;;);
    },
  }),
  who: ({ session, id }) => say({ type: 'reply', session, id, pid: process.pid }),
});

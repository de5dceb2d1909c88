// {type:'interact'} is answered by --count=3 steps before the reply; {type:'refuse'} by a refusal.
import { number, reply, say, serve } from './talk.mjs';

serve({
  interact(message) {
    const { session, id } = message;
    for (let n = 1; n <= number('count', 3); n++) say({ type: 'step', session, id, n });
    reply(message);
  },
  refuse: ({ session, id }) => say({ type: 'refusal', session, id, code: 'not-today', error: 'come back tomorrow' }),
});

// Before it replies it has a question of its own, {type:'ask', session, id}, and waits for {type:'answer', session, id}.
import { say, serve } from './talk.mjs';

const asked = new Map();
serve({
  any(message) {
    const id = `q${asked.size + 1}`;
    asked.set(id, message);
    say({ type: 'ask', session: message.session, id, about: message });
  },
  answer(answer) {
    const { session, id } = asked.get(answer.id);
    say({ type: 'reply', session, id, echo: asked.get(answer.id), answer });
  },
});

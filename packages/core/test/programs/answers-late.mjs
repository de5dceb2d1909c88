// Answers no message until {type:'now'} arrives; then it answers all, the newest first.
import { reply, serve } from './talk.mjs';

let kept = [];
serve({
  any: (message) => kept.unshift(message),
  now() {
    kept.forEach((message) => reply(message));
    kept = [];
  },
});

// Keeps every message to itself until it is told {type:'now'}; then it answers all it has, the newest first.
import { reply, serve } from './talk.mjs';

let kept = [];
serve({
  any: (message) => kept.unshift(message),
  now() {
    kept.forEach((message) => reply(message));
    kept = [];
  },
});

// Confirms the first {type:'open'} of its life with {type:'opened'}, and no other one.
import { say, serve } from './talk.mjs';

let opened = 0;
serve({
  open({ session }) {
    if (++opened === 1) say({ type: 'opened', session });
  },
});

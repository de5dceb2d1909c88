// {type:'die', code} exits with that code, {type:'die', signal} by that signal. {type:'who'} asks for its pid.
import { say, serve } from './talk.mjs';

serve({
  who: ({ session, id }) => say({ type: 'reply', session, id, pid: process.pid }),
  die: ({ code = 0, signal }) => (signal === undefined ? process.exit(code) : process.kill(process.pid, signal)),
});

// {type:'die', code} exits with that code, {type:'die', signal} by that signal.
import { serve } from './talk.mjs';

serve({
  die: ({ code = 0, signal }) => (signal === undefined ? process.exit(code) : process.kill(process.pid, signal)),
});

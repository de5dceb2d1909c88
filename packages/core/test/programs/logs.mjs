// Writes a line to stderr when it starts, and the `text` of {type:'log'} before it answers, and its environment
// before it answers {type:'env'}. Says so when it opens a session. Dies on {type:'die'}. With --silent it starts without a word.
import { flag, reply, say, serve } from './talk.mjs';

const log = (text) => process.stderr.write(`${text}\n`);

if (!flag('silent')) log('it starts');

serve({
  log: (message) => {
    log(message.text);
    reply(message);
  },
  env: (message) => {
    log(JSON.stringify(process.env));
    reply(message);
  },
  open: ({ session }) => {
    log(`opens ${session}`);
    say({ type: 'opened', session });
  },
  die: () => process.exit(3),
});

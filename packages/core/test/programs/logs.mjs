// Writes a line to stderr when it starts, and the `text` of {type:'log'} before it answers; with {type:'open'} and
// {type:'reset'} it says so there, too. Dies on {type:'die'}. With --silent it starts without a word.
import { flag, reply, say, serve } from './talk.mjs';

const log = (text) => process.stderr.write(`${text}\n`);

if (!flag('silent')) log('it starts');

serve({
  log: (message) => {
    log(message.text);
    reply(message);
  },
  open: ({ session }) => {
    log(`opens ${session}`);
    say({ type: 'opened', session });
  },
  die: () => process.exit(3),
});

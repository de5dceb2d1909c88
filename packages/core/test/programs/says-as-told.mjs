// {type:'say', messages} makes it say these, word for word; {type:'print', text} puts text where messages belong; every
// other message is echoed.
import { output, say, serve } from './talk.mjs';

serve({
  say: ({ messages }) => messages.forEach((message) => say(message)),
  print: ({ text }) => output.write(text),
});

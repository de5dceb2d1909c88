// {type:'say', messages} makes it say these, word for word; {type:'print', text, times} puts text where messages belong;
// every other message is echoed.
import { output, say, serve } from './talk.mjs';

serve({
  say: ({ messages }) => messages.forEach((message) => say(message)),
  print: ({ text, times = 1 }) => output.write(text.repeat(times)),
});

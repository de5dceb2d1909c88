// On {type:'say', messages} it sends exactly these messages; on {type:'print', text, times} it prints text where
// messages belong. It echoes every other message.
import { output, say, serve } from './talk.mjs';

serve({
  say: ({ messages }) => messages.forEach((message) => say(message)),
  print: ({ text, times = 1 }) => output.write(text.repeat(times)),
});

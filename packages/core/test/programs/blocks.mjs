// On {type:'block'} it answers nothing any more, whatever comes. It echoes every other message.
import { serve } from './talk.mjs';

serve({
  block() {
    for (;;);
  },
});

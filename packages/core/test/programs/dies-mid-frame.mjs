// Exits in the middle of its first answer.
import { frame, output, serve } from './talk.mjs';

serve({
  any(message) {
    const whole = frame({ type: 'reply', session: message.session, id: message.id, echo: message });
    output.write(whole.subarray(0, whole.length / 2), () => process.exit(1));
  },
});

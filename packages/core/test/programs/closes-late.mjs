// Confirms a reset --delay=300 milliseconds later.
import { number, say, serve } from './talk.mjs';

serve({ reset: ({ session }) => setTimeout(say, number('delay', 300), { type: 'closed', session }) });

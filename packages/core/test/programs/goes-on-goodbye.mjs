// Exits on {type:'goodbye'}; ignores the end of its input.
import { serve } from './talk.mjs';

setInterval(() => {}, 1e6);
serve({ goodbye: () => process.exit(0) });

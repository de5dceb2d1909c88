// No vice: answers every message with itself, confirms every reset, goes at the end of its input.
import { serve } from './talk.mjs';

serve();

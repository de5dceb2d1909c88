// Well-behaved: answers every message with itself, confirms every reset, exits at the end of its input.
import { serve } from './talk.mjs';

serve();

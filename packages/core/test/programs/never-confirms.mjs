// Echoes, but a reset is never confirmed.
import { serve } from './talk.mjs';

serve({ reset() {} });

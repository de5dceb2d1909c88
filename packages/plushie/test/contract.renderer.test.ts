/** Plushie's `session_pool` on the renderer that CARPOOL_RENDERER names, in process. */
import { real } from './conformance/subject.ts';
import { inProcess } from './contract/in-process.ts';
import { variants } from './contract/lines/variants.ts';

for (const variant of variants) inProcess(variant, real(variant.mode, variant.format));

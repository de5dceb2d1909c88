/** Plushie's `session_pool` on the stand-in, in process. */
import { standIn } from './conformance/subject.ts';
import { inProcess } from './contract/in-process.ts';
import { mockVariants } from './contract/lines/variants.ts';

for (const variant of mockVariants) inProcess(variant, standIn(variant.format));

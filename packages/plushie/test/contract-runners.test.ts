/** Plushie's `session_pool` on the stand-in, in the workers of three runners. */
import { standIn } from './conformance/subject.ts';
import { inRunners } from './contract/in-runners.ts';
import { mockVariants } from './contract/lines/variants.ts';

inRunners(mockVariants, standIn('msgpack'));

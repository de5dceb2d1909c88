/** Plushie's `session_pool` on the renderer that CARPOOL_RENDERER names, in the workers of three runners. */
import { real } from './conformance/subject.ts';
import { inRunners } from './contract/in-runners.ts';
import { variants } from './contract/lines/variants.ts';

inRunners(variants, real('mock', 'msgpack'));

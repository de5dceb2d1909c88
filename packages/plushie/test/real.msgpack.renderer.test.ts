/** Against the renderer that CARPOOL_RENDERER names. */
import { conformanceSuite } from './conformance/suite.ts';
import { real } from './conformance/subject.ts';

conformanceSuite(real('mock', 'msgpack'));
conformanceSuite(real('headless', 'msgpack'));

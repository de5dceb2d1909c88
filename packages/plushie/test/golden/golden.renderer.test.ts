/** The same with the renderer that CARPOOL_RENDERER names. */
import { real } from '../conformance/subject.ts';
import { goldenSuite } from './suite.ts';

goldenSuite(real('headless', 'msgpack').rendererPath);

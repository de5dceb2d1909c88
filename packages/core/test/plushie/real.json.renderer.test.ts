/** Against the renderer that CARPOOL_RENDERER names. */
import { plushieSuite } from './suite.ts';
import { real } from './subject.ts';

plushieSuite(real('mock', 'json'));
plushieSuite(real('headless', 'json'));

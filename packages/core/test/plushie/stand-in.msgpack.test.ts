import { plushieSuite } from './suite.ts';
import { standIn } from './subject.ts';

plushieSuite(standIn('msgpack'));

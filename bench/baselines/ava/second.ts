import { testFile } from './file.ts';

testFile('second');

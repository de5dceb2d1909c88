/** What the schemas of a config have in common. The messages are the end of "allowed: …". */
import * as v from 'valibot';

export const text: v.GenericSchema<string> = v.string('a string');
export const texts: v.GenericSchema<string[]> = v.array(text, 'a list of strings');
export const milliseconds: v.GenericSchema<number> = v.pipe(
  v.number('milliseconds, 0 or more'),
  v.minValue(0, 'milliseconds, 0 or more'),
);
export const whole = (least: number): v.GenericSchema<number> =>
  v.pipe(v.number(wholeFrom(least)), v.integer(wholeFrom(least)), v.minValue(least, wholeFrom(least)));
const wholeFrom = (least: number): string => `a whole number from ${least}`;

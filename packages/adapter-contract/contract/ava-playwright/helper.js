// Declares a test of its own for each file that calls it.
import { test } from '@carpool/playwright';

export default (letter) => test(`is declared by a module (${letter})`, () => {});

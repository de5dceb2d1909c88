/**
 * `carpool/adapter/current-test`: the part of `carpool/adapter/test-process` that a set-up file needs, which every test
 * file pays for: where the current test is found. It loads nothing else.
 *
 * docs/adapters.md says how `slot.open` leaves the rest to the first that needs it. As an ES module and as CommonJS: tests
 * in Jest load it with a package that looks for the current test, such as a dialect that compares with golden files.
 */
export {
  closeFile,
  currentTestSlot,
  openFile,
  ownerNumber,
  type CurrentTest,
  type CurrentTestSlot,
  type GoldenAttachment,
  type Goldens,
  type OwnerClasses,
  type Registration,
} from '../test-api/current-test.ts';
export { saveCompileCache, useCompileCache } from '../process/compile-cache.ts';

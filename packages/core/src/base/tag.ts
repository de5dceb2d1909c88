/** The kind of a built-in object, whichever realm made it: "Date", "Map". Empty for an object that names itself. */
export function tagOf(value: object): string {
  // An own `Symbol.toStringTag` may say anything; those of built-in kinds stand in their prototypes.
  return Object.hasOwn(value, Symbol.toStringTag) ? '' : Object.prototype.toString.call(value).slice(8, -1);
}

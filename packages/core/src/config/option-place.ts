/** Where an option belongs that stands one level too low or too high. */

/**
 * Half a sentence for an error, which goes on behind it. Undefined: it is an option of nothing around it, or of several things in it.
 * @param place the path of the object that does not have it
 * @param optionsAt those of the object at a path
 */
export function otherPlaceOf(
  name: string,
  place: readonly string[],
  optionsAt: (path: readonly string[]) => readonly string[],
): string | undefined {
  for (let depth = place.length - 1; depth >= 0; depth--)
    // Names of pools are no options.
    if (depth !== 1 && optionsAt(place.slice(0, depth)).includes(name))
      return `; it belongs beside \`${place[depth]}\`, and not in it;`;
  if (place.length < 2) return undefined;
  const [inner, ...others] = optionsAt(place).filter((option) => optionsAt([...place, option]).includes(name));
  return inner === undefined || others.length > 0 ? undefined : `; it belongs in \`${inner}\`;`;
}

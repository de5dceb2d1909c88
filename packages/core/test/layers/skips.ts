/** Tests that are skipped somewhere: a run of which some are must say why, and reporters show titles alone. */

/** The beginnings of the titles that do not. @param source of a file of tests */
export function skipsWithoutReason(source: string): string[] {
  return [...source.matchAll(/\.(?:skipIf|runIf)\(/g)].flatMap(({ index, 0: call }) => {
    let rest = source.slice(afterParenthesis(source, index + call.length));
    const table = /^\s*\.(?:each|for)\(/.exec(rest)?.[0];
    if (table !== undefined) rest = rest.slice(afterParenthesis(rest, table.length));
    // Up to the body.
    const [title = ''] = rest.split('=>', 1);
    return /reason|skipped/i.test(title) ? [] : [title.trim().slice(0, 80)];
  });
}

/** Behind the one that closes what is open at `from`. */
function afterParenthesis(source: string, from: number): number {
  let open = 1;
  let at = from;
  for (; open > 0 && at < source.length; at++) open += source[at] === '(' ? 1 : source[at] === ')' ? -1 : 0;
  return at;
}

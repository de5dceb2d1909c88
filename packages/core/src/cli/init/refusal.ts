/** What ends `carpool init` before it has written anything. */

/** One sentence for the user: nothing has been written. */
export class Refusal extends Error {
  override readonly name: string = 'Refusal';
}

/** A config that is not edited, because what it does with the lines cannot be seen in it. */
export class ByHand extends Refusal {
  override readonly name: string = 'ByHand';
  /** What to add, each with its place. */
  readonly lines: readonly AddedLine[];

  /** @param why the end of a sentence: "its default export is no object" */
  constructor(file: string, why: string, lines: readonly AddedLine[]) {
    super(`${file} is not edited, because ${why}`);
    this.lines = lines;
  }
}

export interface AddedLine {
  readonly line: string;
  /** "at its top". */
  readonly where: string;
}

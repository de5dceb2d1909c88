/** The shape of Jest's `test` with one more parameter: the fixtures, last, where Jest itself would give `done`. */
export type Body<Args extends readonly unknown[]> = (...args: Args) => unknown;

/** `test.each`, whose functions receive a row, then the fixtures. */
export interface Each<F> {
  /** Rows that are arrays are spread. */
  <Row extends readonly unknown[] | readonly [unknown]>(
    table: readonly Row[],
  ): (name: string, body: Body<[...row: Row, fixtures: F]>, timeout?: number) => void;
  <Row>(table: readonly Row[]): (name: string, body: Body<[row: Row, fixtures: F]>, timeout?: number) => void;
  /** A table as a template: each row is an object with the names of the columns. */
  (
    columns: TemplateStringsArray,
    ...values: readonly unknown[]
  ): (name: string, body: Body<[row: Readonly<Record<string, never>>, fixtures: F]>, timeout?: number) => void;
}

/** Defines one test, or with `each` one for each row. */
export interface TestFunction<F> {
  (name: string, body: Body<[fixtures: F]>, timeout?: number): void;
  readonly each: Each<F>;
}

/** A `test` and its variants. */
export interface Focusable<F> extends TestFunction<F> {
  readonly only: TestFunction<F> & { readonly failing: TestFunction<F> };
  readonly skip: TestFunction<F> & { readonly failing: TestFunction<F> };
  readonly failing: TestFunction<F>;
}

/** Jest's `test`, whose functions receive fixtures. */
export interface Test<F> extends Focusable<F> {
  readonly concurrent: Focusable<F>;
  /** Names a test that is still to be written. */
  todo(name: string): void;
}

/** What the assertions with golden files take. */
import type { CallOptions } from 'carpool';

/** The part of a session that is used: of one on a renderer, or of one whose config the compiler does not know. */
export interface GoldenSession {
  /** What the renderer said of itself. */
  readonly hello: unknown;
  /** Resolves with the renderer's reply. */
  request(message: GoldenRequest, options?: CallOptions): Promise<unknown>;
}

/** What the assertions ask the renderer. */
export type GoldenRequest =
  | { readonly type: 'tree_hash'; readonly name: string }
  | { readonly type: 'screenshot'; readonly name: string; readonly width?: number; readonly height?: number }
  | { readonly type: 'query'; readonly target: 'tree' };

/** What every assertion with a golden file takes; `timeout` and `signal` are those of its request. */
export interface GoldenOptions extends CallOptions {
  /**
   * The test file, as a path or as a `file:` URL: `import.meta.url`. Default: the one that runs, if an adapter of Carpool
   * runs it. Required in other runners.
   */
  readonly file?: string | URL;
  /**
   * The folder of the golden files; a relative one starts from the folder of the test file. Default: `__goldens__`, and in
   * it a folder with the name of the test file, so that the names of two files do not meet.
   */
  readonly folder?: string | URL;
  /** Whether the name of the file has the renderer's mode: `NAME.headless.png`. Default true. */
  readonly mode?: boolean;
  /** Whether it also has the platform, for goldens that depend on its fonts: `NAME.headless.linux.png`. Default false. */
  readonly platform?: boolean;
}

/** What `assertTreeHash` takes. */
export type TreeHashOptions = GoldenOptions;

/** What `assertScreenshot` takes. */
export interface ScreenshotOptions extends GoldenOptions {
  /** Pixels. Default: the renderer's, 1024. */
  readonly width?: number;
  /** Pixels. Default: the renderer's, 768. */
  readonly height?: number;
  /** How far the colour of a pixel may be from the expected one, from 0 to 1, as black and white are. Default 0: not at all. */
  readonly threshold?: number;
  /** How many pixels may differ by more than that. Default 0. Two sizes always differ. */
  readonly maxDifferentPixels?: number;
}

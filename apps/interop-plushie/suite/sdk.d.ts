/**
 * What this suite uses of plushie-typescript. The checkout is not here when the repository is type-checked; where the
 * suite runs, vitest.config.ts points these names at its sources.
 */
declare module 'plushie/testing' {
  import type { App } from 'plushie/examples/*';

  /** A widget, as the renderer finds it. */
  export interface Element {
    readonly id: string;
    readonly type: string;
    readonly props: Readonly<Record<string, unknown>>;
    readonly children: readonly Element[];
    readonly text: string | null;
  }

  export interface TestSession<Model = unknown> {
    model(): Model;
    tree(): Tree | null;
    click(selector: string): Promise<void>;
    typeText(selector: string, text: string): Promise<void>;
    submit(selector: string): Promise<void>;
    toggle(selector: string): Promise<void>;
    press(key: string): Promise<void>;
    release(key: string): Promise<void>;
    typeKey(key: string): Promise<void>;
    canvasPress(selector: string, x: number, y: number, button?: string): Promise<void>;
    canvasMove(selector: string, x: number, y: number): Promise<void>;
    canvasRelease(selector: string, x: number, y: number, button?: string): Promise<void>;
    timer(tag: string): void;
    registerEffectStub(kind: string, response: unknown): Promise<void>;
    unregisterEffectStub(kind: string): Promise<void>;
    reset(): Promise<void>;
    treeHash(name: string): Promise<string>;
    screenshot(name: string): Promise<{ readonly hash: string; readonly width: number; readonly height: number }>;
    assertTreeHash(name: string): Promise<void>;
    assertScreenshot(name: string): Promise<void>;
    queryTree(): Promise<Element | null>;
    find(selector: string): Promise<Element | null>;
    findByText(text: string): Promise<Element | null>;
    findByRole(role: string): Promise<Element | null>;
    stopAndWait(): Promise<void>;
  }

  export interface Tree {
    readonly id: string;
    readonly type: string;
    readonly children: readonly Tree[];
  }

  export interface TestOptions {
    readonly mode?: 'mock' | 'headless';
    readonly format?: 'msgpack' | 'json';
  }

  export function createSession<Model>(app: App<Model>, options?: TestOptions): Promise<TestSession<Model>>;
  export interface TestApi<Model> {
    (name: string, body: (fixtures: { readonly session: TestSession<Model> }) => Promise<void>): void;
    skipIf(condition: boolean): TestApi<Model>;
  }

  export function testWith<Model>(app: App<Model>, options?: TestOptions): TestApi<Model>;
}

/** The example apps of the checkout. */
declare module 'plushie/examples/*' {
  export interface App<Model> {
    readonly config: { readonly init: Model };
  }
  const app: App<Readonly<Record<string, unknown>>>;
  export default app;
}

/** The SDK's own module, for which pool.ts stands in. */
declare module 'plushie/own/pool' {
  /** One session as the transport of the SDK's runtime. It calls the methods of the pool, and nothing else. */
  export class PooledTransport {
    private readonly pool;
  }
}

declare module 'plushie/runtime' {
  export interface RendererExit {
    readonly type: string;
    readonly message: string;
  }

  export interface AppConfig<Model> {
    readonly init: Model;
    readonly handleRendererExit?: (model: Model, exit: RendererExit) => Model;
  }

  export class Runtime<Model> {
    constructor(config: AppConfig<Model>, transport: () => import('plushie/transport').SpawnTransport);
    start(): Promise<void>;
    stop(): void;
    model(): Model;
    interact(action: string, selector: { readonly by: 'id'; readonly value: string }): Promise<void>;
  }
}

/** The SDK's own, or what stands in for it. */
declare module 'plushie/transport' {
  export class SpawnTransport {
    constructor(options: {
      readonly binary: string;
      readonly format?: 'msgpack' | 'json';
      readonly args?: readonly string[];
    });
    send(message: Record<string, unknown>): void;
  }
}

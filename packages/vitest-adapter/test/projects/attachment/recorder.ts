/** Writes down what reporters are told of annotations. */
import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase } from 'vitest/node';

const record = (event: string, test: TestCase): void => {
  const annotations = test.annotations().map(({ type, message, attachment }) => ({
    type,
    message,
    text: Buffer.from(String(attachment?.body), 'base64').toString(),
  }));
  appendFileSync('recorded.jsonl', `${JSON.stringify({ event, name: test.name, annotations })}\n`);
};

export default class Recorder implements Reporter {
  onTestCaseAnnotate(test: TestCase): void {
    record('annotated', test);
  }

  onTestRunEnd(modules: Parameters<NonNullable<Reporter['onTestRunEnd']>>[0]): void {
    for (const module of modules) for (const test of module.children.allTests()) record('ended', test);
  }
}

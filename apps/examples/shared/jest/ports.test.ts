import { getPort } from 'carpool/coordination';
import { expect, test } from '@jest/globals';
import { startGreeter } from '../ports/greeter.ts';

for (const name of ['Ada', 'Grace', 'Barbara']) {
  test(`greets ${name} on its own port`, async () => {
    const port = await getPort();
    await using greeter = await startGreeter(port);
    const response = await fetch(`${greeter.url}/${name}`);
    expect(await response.text()).toBe(`Hello from ${port}, ${name}`);
  });
}

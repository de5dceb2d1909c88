/** The tests of two files, which share a server, and of a third that kills its own. */
export const bodies: Readonly<Record<string, string>> = {
  a: `
test('begins with the template', async ({ db }) => {
  expect(await texts(db)).toEqual(['from the template']);
  await add(db, 'a');
  expect(await texts(db)).toEqual(['from the template', 'a']);
});
test('is alone', async ({ db }) => {
  expect(await texts(db)).toEqual(['from the template']);
});
test('must fail: leaves a connection open', async ({ db }) => {
  await leave(db);
});
test('is not disturbed by what another test has left', async ({ db }) => {
  expect(await texts(db)).toEqual(['from the template']);
});
`,
  b: `
test('shares the server, and nothing else', async ({ db }) => {
  await add(db, 'b');
  expect(await texts(db)).toEqual(['from the template', 'b']);
});
`,
  mortal: `
test('must fail: its server is killed', async ({ mortal }) => {
  await killServer(mortal);
});
test('has a new server, with the template', async ({ mortal }) => {
  expect(await texts(mortal)).toEqual(['from the template']);
});
`,
};

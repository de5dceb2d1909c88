/** The tests of two files, which share a server, and of a third that kills its own. */
export const bodies: Readonly<Record<string, string>> = {
  a: `
test('begins with nothing', async ({ db }) => {
  expect(await keys(db)).toEqual([]);
  await set(db, 'a');
  expect(await keys(db)).toEqual(['a']);
});
test('is alone', async ({ db }) => {
  expect(await keys(db)).toEqual([]);
});
test('must fail: leaves a connection open', async ({ db }) => {
  await leave(db);
});
test('is not disturbed by what another test has left', async ({ db }) => {
  expect(await keys(db)).toEqual([]);
});
`,
  b: `
test('shares the server, and nothing else', async ({ db }) => {
  await set(db, 'b');
  expect(await keys(db)).toEqual(['b']);
});
`,
  mortal: `
test('must fail: its server is killed', async ({ mortal }) => {
  await killServer(mortal);
});
test('has a new server', async ({ mortal }) => {
  expect(await keys(mortal)).toEqual([]);
});
`,
};

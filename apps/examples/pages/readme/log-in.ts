/** Stands for what takes long. */
export async function logIn(port: number): Promise<string> {
  return `secret of ${port}`;
}

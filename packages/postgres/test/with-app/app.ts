/** What the tests call of the app, which asks its tenant's database once more at the end of a session. */
import type { Session } from 'carpool';

type Db = Session & { readonly opened: { readonly url: string } };
type App = Session & { readonly opened: { readonly url: string } };
type Register = (options: { readonly params: { readonly database: string } }) => Promise<App>;

/** A session of the app, on this database. */
export async function shopOf(db: Db, register: Register): Promise<string> {
  return (await register({ params: { database: db.opened.url } })).opened.url;
}

export async function sell(shop: string, item: string): Promise<void> {
  await fetch(shop, { method: 'POST', body: item });
}

export async function sales(shop: string): Promise<string> {
  return await (await fetch(shop)).text();
}

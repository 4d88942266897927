/** What one request is, as far as procedures may know. */
export interface RequestFacts {
  method: string;
  origin: string | null;
  contentType: string | null;
  /** `Sec-Fetch-Site`: where the browser says that the call comes from; null where it does not say. */
  fetchSite: string | null;
  userAgent: string | null;
  /** Address of the browser as the edge saw it. */
  ip: string | null;
  /** Value of the login cookie: for libs/auth alone. */
  bearer: string | null;
  /** Value of the binder cookie, if it is that of the login session: passes are bound to its hash. */
  binder: string | null;
  /** Value of the cookie of a sign-in that waits for its second factor: for libs/auth alone. */
  pending: string | null;
  /** Value of the cookie that a passkey was asked for under: for libs/auth alone. */
  passkey: string | null;
  /** Value of the binder cookie, whosever it is: a guest has no login session that it could belong to. */
  browserBinder: string | null;
  /** Value of the cookie of a guest's visit: for the calls of the door alone. */
  guest: string | null;
  reference: string;
  setCookie: (value: string) => void;
}

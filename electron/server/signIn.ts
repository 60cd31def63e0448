import { randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a printed address can be used; a fresh one is printed by `drover serve` at any time. */
export const addressLifetimeMs = 15 * 60_000;
const maxAddresses = 16;

/**
 * A printed address holds a token that works once and for a while; opening it turns it into a cookie that lasts as
 * long as the server. 256 random bits each, compared in constant time.
 */
export class SignIn {
  readonly #now: () => number;
  readonly #session = randomBytes(32).toString('base64url');
  #addresses: { readonly token: string; readonly until: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  newToken(): string {
    const token = randomBytes(32).toString('base64url');
    this.#addresses = [
      ...this.#addresses.slice(-(maxAddresses - 1)),
      { token, until: this.#now() + addressLifetimeMs },
    ];
    return token;
  }

  /** The cookie's value if the token is good; it is used up thereby. */
  exchange(token: string): string | undefined {
    const now = this.#now();
    const found = this.#addresses.find((address) => address.until > now && equal(address.token, token));
    if (found === undefined) return undefined;
    this.#addresses = this.#addresses.filter((address) => address !== found);
    return this.#session;
  }

  isSession(cookie: string | undefined): boolean {
    return cookie !== undefined && equal(this.#session, cookie);
  }
}

function equal(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

import { XdrReader } from './xdr/reader.ts';

/** Most messages kept for registrations whose answer has not come yet. */
const mostEarlyMessages = 1000;

type Deliver = (payload: XdrReader) => void;

/**
 * Brings event messages to whoever registered, by message and callback id. A host may tell of an event before it
 * has answered the registration: those wait here until the id is known.
 */
export class EventRouter {
  readonly #routes = new Map<string, Deliver>();
  #early: { readonly key: string; readonly payload: Buffer }[] = [];
  #registrations = 0;

  get size(): number {
    return this.#routes.size;
  }

  /** Call before registering, and what it returns once the route is added or registering failed. */
  beginRegistration(): () => void {
    this.#registrations += 1;
    return () => {
      this.#registrations -= 1;
      if (this.#registrations === 0) this.#early = [];
    };
  }

  /** @returns ends delivery. @throws XdrError where an early message cannot be decoded. */
  add(message: number, callbackID: number, deliver: Deliver): () => void {
    const key = routeKey(message, callbackID);
    this.#routes.set(key, deliver);
    const mine = this.#early.filter((one) => one.key === key);
    this.#early = this.#early.filter((one) => one.key !== key);
    for (const one of mine) deliver(new XdrReader(one.payload));
    return () => this.#routes.delete(key);
  }

  /** Messages of ended or unknown registrations are dropped: they were under way already. */
  route(message: number, payload: Buffer): void {
    const key = routeKey(message, new XdrReader(payload).int());
    const deliver = this.#routes.get(key);
    if (deliver !== undefined) deliver(new XdrReader(payload));
    else if (this.#registrations > 0 && this.#early.length < mostEarlyMessages) {
      this.#early.push({ key, payload: Buffer.from(payload) });
    }
  }

  clear(): void {
    this.#routes.clear();
    this.#early = [];
  }
}

function routeKey(message: number, callbackID: number): string {
  return `${message}:${callbackID}`;
}

/**
 * Values that an isolate remembers for a while, at most so many. Only plain data is kept: a promise of one request may not
 * be awaited by another on this platform.
 */
export class Memo<T> {
  readonly #kept = new Map<string, { value: T; until: number }>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get(key: string, now: number): T | undefined {
    const found = this.#kept.get(key)
    if (!found) return undefined
    if (found.until > now) return found.value
    this.#kept.delete(key)
    return undefined
  }

  set(key: string, value: T, until: number): void {
    this.#kept.delete(key)
    this.#kept.set(key, { value, until })
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size > this.#max && oldest !== undefined) this.#kept.delete(oldest)
  }

  forget(key: string): void {
    this.#kept.delete(key)
  }

  forgetWhere(isMeant: (value: T) => boolean): void {
    for (const [key, { value }] of this.#kept) if (isMeant(value)) this.#kept.delete(key)
  }
}

import { X509Certificate } from 'node:crypto'

/** How long a certificate is believed without asking again, in ms, and how many are kept: one a region is usual. */
const KEPT_MS = 3_600_000
const KEPT_MAX = 32
/** A certificate in PEM has about 2 kB. */
const CERTIFICATE_CHARS_MAX = 20_000

const PATH = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/

/** How long AWS may take, in ms: SNS waits fifteen seconds for us. */
export const AWS_MS_MAX = 5_000

/** What asks the network: the runtime's own fetch, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * The address of a signing certificate, when it is one that the topic's region serves and nothing more: https, exactly
 * that host, exactly that path, no port, user, query or fragment. Compared as text with what it must be, so that no two
 * readings of an address can differ.
 */
export function certificateAddress(text: string, host: string): string | null {
  if (!text.startsWith(`https://${host}/`)) return null
  return PATH.test(text.slice(`https://${host}`.length)) ? text : null
}

/** Certificates by address, asked for once an hour. */
export class Certificates {
  readonly #fetch: Fetch
  readonly #kept = new Map<string, { certificate: X509Certificate; until: number }>()

  constructor(fetch: Fetch) {
    this.#fetch = fetch
  }

  /** The certificate at an address that was checked before; null when what is there is none. Throws when nobody answers. */
  async at(address: string, now: number): Promise<X509Certificate | null> {
    const kept = this.#kept.get(address)
    if (kept && kept.until > now) return kept.certificate
    const answer = await this.#fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(AWS_MS_MAX) })
    if (answer.status >= 500) throw new Error(`certificate: ${answer.status}`)
    const text = answer.status === 200 ? await answer.text() : ''
    const certificate = text.length <= CERTIFICATE_CHARS_MAX ? read(text) : null
    if (certificate) this.#keep(address, certificate, now)
    return certificate
  }

  #keep(address: string, certificate: X509Certificate, now: number): void {
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= KEPT_MAX && oldest.done === false) this.#kept.delete(oldest.value)
    this.#kept.set(address, { certificate, until: now + KEPT_MS })
  }
}

function read(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

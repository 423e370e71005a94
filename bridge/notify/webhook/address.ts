/** Ranges that are nobody's public service, as leading octets: private, shared, loopback, link-local (metadata), reserved. */
const PRIVATE_V4: readonly RegExp[] = [
  /^0\./,
  /^10\./,
  /^127\./,
  /^169\.254\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^192\.168\./,
  /^192\.0\.[02]\./,
  /^198\.(1[89]|51)\./,
  /^203\.0\.113\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^(22[4-9]|2[3-5]\d)\./,
]
/** Names that never leave a machine or a private network. */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|invalid|test|example)$/
const V4 = /^\d{1,3}(\.\d{1,3}){3}$/

/**
 * Why nothing is sent to an address, or null. Only https and public names or numbers; the URL parser has brought decimal,
 * octal and hexadecimal spellings of numbers into one form before they are looked at. With `loopback` (local mode) this
 * machine's own three names are allowed, over http too. What a name resolves to is not seen here.
 */
export function refusedAddress(text: string, { loopback }: { loopback: boolean }): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url) return 'no-address'
  if (url.username !== '' || url.password !== '') return 'address-with-user'
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  if (loopback && ['127.0.0.1', 'localhost', '[::1]'].includes(host))
    return url.protocol === 'http:' || url.protocol === 'https:' ? null : 'not-https'
  if (url.protocol !== 'https:') return 'not-https'
  if (host.startsWith('[')) return isPublicV6(host.slice(1, -1)) ? null : 'private-address'
  if (V4.test(host)) return PRIVATE_V4.some((range) => range.test(host)) ? 'private-address' : null
  return PRIVATE_NAME.test(host) || !host.includes('.') ? 'private-address' : null
}

/** Global unicast alone (2000::/3), without the ranges in it that carry or stand for other addresses. */
function isPublicV6(host: string): boolean {
  const [first = '', second = ''] = host.split(':')
  const block = Number.parseInt(first || '0', 16)
  if (block < 0x2000 || block > 0x3fff) return false
  // 6to4, Teredo and documentation.
  if (block === 0x2002 || block === 0x3fff) return false
  return !(block === 0x2001 && (second === '' || second === '0' || second === 'db8'))
}

/**
 * Whether an address that the catalogue names may be asked. In development anything does: the network is the developer's.
 * Elsewhere only https to a public name: an IP address in any spelling, a name without a dot and names that never leave a
 * network are refused. (The URL parser turns every spelling of an IPv4 address into dotted digits.)
 */
export function mayAsk(address: string, development: boolean): boolean {
  const url = URL.parse(address)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return false
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return false
  if (development) return true
  return url.protocol === 'https:' && isPublicName(url.hostname)
}

const PRIVATE_ENDS: readonly string[] = ['localhost', 'local', 'internal', 'lan', 'home', 'corp', 'intranet', 'arpa']

function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '').toLowerCase()
  if (name.startsWith('[') || /^[\d.]+$/.test(name)) return false
  const labels = name.split('.')
  const last = labels.at(-1) ?? ''
  return labels.length > 1 && !PRIVATE_ENDS.includes(last) && /^[a-z][a-z0-9-]*$/.test(last)
}

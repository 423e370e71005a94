export interface AddressRange {
  family: 4 | 6
  prefix: number
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const GROUP = /^[0-9a-f]{1,4}$/
/** A whole IPv6 network of so many bits is one customer, as one IPv4 address is. */
const V6_NETWORK_BITS = 64

/**
 * An address range as people write it, `203.0.113.0/24` or `2001:db8:1::/56`, or null: another form, a bit set behind the
 * prefix (somebody meant another range), capitals. One range has one spelling here, so that a digest names it.
 */
export function addressRange(text: string): AddressRange | null {
  const [address = '', prefixText = '', more] = text.split('/')
  if (more !== undefined || !/^(0|[1-9]\d{0,2})$/.test(prefixText)) return null
  const prefix = Number(prefixText)
  const v4 = bitsOfV4(address)
  if (v4) return fits(v4, 8, prefix) ? { family: 4, prefix } : null
  const v6 = bitsOfV6(address)
  return v6 && fits(v6, 16, prefix) ? { family: 6, prefix } : null
}

/** The shortest prefix of a family that is no wider than an IPv4 prefix: `/24` is 256 addresses, `/56` as many networks. */
export function prefixMinOf(family: AddressRange['family'], prefixMin: number): number {
  return family === 4 ? prefixMin : prefixMin + V6_NETWORK_BITS - 32
}

function bitsOfV4(text: string): number[] | null {
  const octets = V4.exec(text)?.slice(1) ?? null
  if (!octets || octets.some((octet) => Number(octet) > 255 || octet !== String(Number(octet)))) return null
  return octets.map(Number)
}

function bitsOfV6(text: string): number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const groups = [...head, ...tail]
  if (groups.some((group) => !GROUP.test(group) || (group.length > 1 && group.startsWith('0')))) return null
  if (halves.length === 1 ? groups.length !== 8 : groups.length > 7) return null
  const zeros = Array.from({ length: 8 - groups.length }, () => '0')
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16))
}

/** No bit is set behind the prefix, and the prefix is one of this family. */
function fits(parts: readonly number[], width: number, prefix: number): boolean {
  if (prefix > parts.length * width) return false
  return parts.every((part, index) => {
    const covered = Math.min(Math.max(prefix - index * width, 0), width)
    return part % 2 ** (width - covered) === 0
  })
}

import type { CloudCredentials } from '../../../durable/protocol/ports.ts'

export type StsAnswer =
  | { kind: 'credentials'; credentials: CloudCredentials }
  | { kind: 'error'; status: number; code: string }
  | { kind: 'not-understood'; status: number }

/** What STS said (AWS query protocol, XML). Only whole credentials count as credentials. */
export function readStsAnswer(status: number, xml: string): StsAnswer {
  const code = tag(xml, 'Code')
  if (status !== 200) {
    const isCode = code !== null && /^[A-Za-z.]{1,80}$/.test(code)
    return isCode ? { kind: 'error', status, code } : { kind: 'not-understood', status }
  }
  const [accessKeyId, secretAccessKey, sessionToken, expiration] = [
    tag(xml, 'AccessKeyId'),
    tag(xml, 'SecretAccessKey'),
    tag(xml, 'SessionToken'),
    tag(xml, 'Expiration'),
  ]
  const expiresAt = Date.parse(expiration ?? '')
  if (!accessKeyId || !secretAccessKey || !sessionToken || Number.isNaN(expiresAt))
    return { kind: 'not-understood', status }
  return { kind: 'credentials', credentials: { accessKeyId, secretAccessKey, sessionToken, expiresAt } }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The text of the first element of that name; these elements hold text alone. */
function tag(xml: string, name: string): string | null {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  if (found === undefined) return null
  return found.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, (whole, word, decimal, hex) => {
    if (typeof word === 'string') return ENTITIES[word.toLowerCase()] ?? whole
    const point = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}

/**
 * Takes secrets and people's addresses out of a text before it leaves the edge. It errs to the side of taking out: what is
 * lost is a word in a prompt, what is kept back is somebody's key. Each kind leaves `[<kind>]`, so that a reader knows what stood there.
 */

interface Pattern {
  kind: string
  /** global; the group `keep`, where it has one, is put back before the mark. */
  pattern: RegExp
}

/** In this order: what is longer and holds others comes first. */
const PATTERNS: readonly Pattern[] = [
  // A block that was cut short has no end: everything after its head is the key.
  { kind: 'private-key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g },
  { kind: 'private-key', pattern: /"d"\s*:\s*"[\w-]{40,}"/g },
  { kind: 'token', pattern: /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*){0,3}/g },
  // user:password@ of any scheme, and the password alone where a driver's error message repeats it.
  {
    kind: 'connection-string',
    pattern: /\b[a-z][a-z\d+.-]{1,30}:\/\/[^\s/@:"'<>]{0,200}:[^\s"'<>]{0,1000}@[^\s"'<>]{0,1000}/gi,
  },
  {
    kind: 'connection-string',
    pattern:
      /\b(?:Server|Data Source|Endpoint|AccountName|Host)=[^\n"']{0,300}?(?:Password|Pwd|AccountKey|SharedAccessKey)=[^\s"']+/gi,
  },
  {
    kind: 'token',
    pattern: /(?<keep>\b(?:authorization|proxy-authorization|cookie|set-cookie)["']?\s*[:=]\s*)[^\r\n]+/gi,
  },
  { kind: 'token', pattern: /(?<keep>\b(?:bearer|basic)\s+)[\w.~+/=-]{6,}/gi },
  { kind: 'cloud-key', pattern: /\b(?:AKIA|ASIA|AROA|AIDA|ABIA|ACCA)[A-Z2-7\d]{12,}\b/g },
  { kind: 'cloud-key', pattern: /\bAIza[\w-]{30,}/g },
  {
    kind: 'token',
    pattern:
      /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|xapp-[\w-]{8,}|[srp]k_(?:live|test)_\w{10,}|sk-[\w-]{20,}|npm_\w{20,}|pypi-[\w-]{20,}|dop_v1_\w{20,}|hf_\w{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|shpat_\w{20,}|hv[sbr]\.[\w-]{20,}|ya29\.[\w-]{10,}|AGE-SECRET-KEY-1\w+)/g,
  },
  { kind: 'token', pattern: /\bic[tiw]?_[A-Za-z0-9_-]{8,}/g },
  {
    kind: 'token',
    pattern:
      /https:\/\/hooks\.slack\.com\/[^\s"'<>]+|https:\/\/(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/webhooks\/[^\s"'<>]+/gi,
  },
  // A signed address: whoever has it has what it leads to.
  {
    kind: 'token',
    pattern:
      /(?<keep>[?&](?:x-amz-(?:signature|credential|security-token)|sig|signature|token|access_token|id_token|refresh_token|api_?key|key|code|password|client_secret)=)[^&\s"'<>]+/gi,
  },
  {
    kind: 'secret',
    pattern:
      /(?<keep>(?:^|[^a-z\d])[\w.-]{0,40}?(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret|credentials?|auth[_-]?key|sas)[\w.-]{0,20}["']?\s*(?:=>?|:=?)\s*)(?:["']?\[[a-z-]+\]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[^\s"',;&)}\]]+)/gi,
  },
  {
    kind: 'email',
    pattern: /[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,8}[a-z]{2,24}\b/gi,
  },
  // 40 characters of base64 with all kinds in it, as an AWS secret key is; a SHA-1 in hex is not.
  {
    kind: 'cloud-key',
    pattern: /(?<![\w/+=-])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[A-Za-z\d/+]{40}(?![\w/+=-])/g,
  },
]

const CARD = /(?<![\d.])(?:\d[ -]?){12,18}\d(?![\d.])/g

export interface Redacted {
  text: string
  /** how many were taken out, by kind. */
  counts: Record<string, number>
}

/** What one pattern leaves can make another one fit, e.g. a key between quotes; each pass takes something out, so few are needed. */
const PASSES_MAX = 5

/** The text without what has the shape of a secret, an e-mail address or a card number. Redacting twice changes nothing more. */
export function redactForModel(text: string): Redacted {
  const counts: Record<string, number> = {}
  let clean = text
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const next = passOver(clean, counts)
    if (next === clean) break
    clean = next
  }
  return { text: clean, counts }
}

function passOver(text: string, counts: Record<string, number>): string {
  const count = (kind: string): string => {
    counts[kind] = (counts[kind] ?? 0) + 1
    return `[${kind}]`
  }
  let clean = text
  for (const { kind, pattern } of PATTERNS)
    clean = clean.replace(pattern, (...matched: unknown[]) => {
      const whole = String(matched[0])
      const groups = matched.at(-1)
      const keep = isGroups(groups) ? (groups['keep'] ?? '') : ''
      return MARK.test(whole.slice(keep.length)) ? whole : keep + count(kind)
    })
  return clean.replace(CARD, (digits) => (isCard(digits) ? count('card') : digits))
}

/** What an earlier pattern left: it is no secret. */
const MARK = /^["']?\[[a-z-]+\]/

function isGroups(value: unknown): value is Record<string, string | undefined> {
  return typeof value === 'object' && value !== null
}

/** Luhn's check (ISO/IEC 7812-1); an epoch in ms has 13 digits too and passes it one time in ten, so cards begin with 2 to 6. */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  if (!/^[3-6]|^2[2-7]/.test(digits) || (digits.length < 14 && !digits.startsWith('4'))) return false
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return sum % 10 === 0
}

/** Adds counts up. */
export function addCounts(sum: Record<string, number>, more: Record<string, number>): Record<string, number> {
  const both = { ...sum }
  for (const [kind, n] of Object.entries(more)) both[kind] = (both[kind] ?? 0) + n
  return both
}

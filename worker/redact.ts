/** What must never reach a log: bearer tokens, drill tokens, tokens carried as WebSocket subprotocols. */
const SECRETS: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[^\s"',]+/gi,
  /\bic[tiw]?_[A-Za-z0-9_-]+/g,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
  /\bic\.token\.[A-Za-z0-9_-]+/g,
]

/** The text with every known shape of secret replaced by `[redacted]`. */
export function redact(text: string): string {
  return SECRETS.reduce((clean, secret) => clean.replace(secret, '[redacted]'), text)
}

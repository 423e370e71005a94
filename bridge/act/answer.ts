/** An answer longer than this is not read on, unless the asker says so: those of our own contract have a hundred bytes. */
export const ANSWER_BYTES_MAX = 65_536
/** Longest detail kept from an answer, in UTF-16 units: it is shown on one line. */
const DETAIL_CHARS_MAX = 300

export interface ReadAnswer {
  status: number
  /** the JSON object of the body, or null where it is none, or too long. */
  json: Record<string, unknown> | null
}

/** Reads an answer up to so many bytes. Rejects only when the transport breaks. */
export async function readAnswer(response: Response, bytesMax: number): Promise<ReadAnswer> {
  const text = await cappedText(response, bytesMax)
  return { status: response.status, json: text === null ? null : objectOf(text) }
}

async function cappedText(response: Response, bytesMax: number): Promise<string | null> {
  if (response.body === null) return ''
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > bytesMax) {
      // The rest is nobody's concern; whether the cancel succeeds changes nothing either.
      void reader.cancel().catch(() => undefined)
      return null
    }
    text += decoder.decode(value, { stream: true })
  }
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** The endpoint's own words, cut; an outsider wrote them, so they are shown and never read by code. */
export function detailOf(json: Record<string, unknown> | null, fallback: string): string {
  const detail = json?.['detail']
  return typeof detail === 'string' && detail !== '' ? detail.slice(0, DETAIL_CHARS_MAX) : fallback
}

/** A request as it came over the wire: nothing decoded, header lines in their order. */
export interface WireRequest {
  method: string
  /** path and query as sent. */
  target: string
  headers: [name: string, value: string][]
  body: Buffer
}

export function header(request: WireRequest, name: string): string | undefined {
  return request.headers.find(([key]) => key.toLowerCase() === name)?.[1]
}

/** The path and the query's pairs, each as sent. */
export function parts(target: string): { path: string; query: [string, string][] } {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const text = mark < 0 ? '' : target.slice(mark + 1)
  return { path, query: text === '' ? [] : text.split('&').map(pair) }
}

function pair(text: string): [string, string] {
  const mark = text.indexOf('=')
  return mark < 0 ? [text, ''] : [text.slice(0, mark), text.slice(mark + 1)]
}

/** RFC 3986, as AWS asks for it: everything but letters, digits and `-_.~` becomes %XX. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Null where the escapes are broken. */
export function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

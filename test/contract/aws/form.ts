import { type Fields, type Service, type Shape, isFields, membersOf, shapeOf } from './model.ts'

/** AWS's query protocol, read: `Tags.member.1.Key=…` becomes `{Tags: [{Key: …}]}` as the input's shape says. */
export function readForm(service: Service, shape: Shape, pairs: ReadonlyMap<string, string>): Fields {
  const used = new Set(['Action', 'Version'])
  const input = readStructure(shape, '')
  // Names that no member took are kept: the validator calls them unknown.
  for (const [name, value] of pairs) if (!used.has(name)) input[name] ??= value
  return input

  function readStructure(of: Shape, prefix: string): Fields {
    const fields: Fields = {}
    for (const [name, member] of membersOf(of)) {
      const value = read(shapeOf(service, member.shape), `${prefix}${name}`)
      if (value !== undefined) fields[name] = value
    }
    return fields
  }

  function read(of: Shape, key: string): unknown {
    if (of.type === 'structure') {
      if (![...pairs.keys()].some((name) => name.startsWith(`${key}.`))) return undefined
      return readStructure(of, `${key}.`)
    }
    if (of.type === 'list') return readList(of, key)
    const text = pairs.get(key)
    if (text === undefined) return undefined
    used.add(key)
    return typed(of, text)
  }

  function readList(of: Shape, key: string): unknown[] | undefined {
    const items: unknown[] = []
    if (!of.member) return undefined
    const item = shapeOf(service, of.member.shape)
    for (let index = 1; ; index += 1) {
      const value = read(item, `${key}.member.${index}`)
      if (value === undefined) break
      items.push(value)
    }
    return items.length > 0 ? items : undefined
  }
}

/** Text of an address, a header or a form as the type that the shape names; left as text where it is none of it. */
export function typed(shape: Shape, text: string): unknown {
  if (['integer', 'long', 'float', 'double'].includes(shape.type))
    return text.trim() === '' ? text : (numeric(text) ?? text)
  if (shape.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}

function numeric(text: string): number | null {
  const number = Number(text)
  return Number.isFinite(number) ? number : null
}

/** The members of a structure as XML elements, as the query protocol answers. */
export function writeXml(service: Service, shape: Shape, value: Fields): string {
  return membersOf(shape)
    .filter(([name]) => value[name] !== undefined && value[name] !== null)
    .map(([name, member]) => `<${name}>${element(shapeOf(service, member.shape), value[name])}</${name}>`)
    .join('')

  function element(of: Shape, held: unknown): string {
    if (of.type === 'structure' && isFields(held)) return writeXml(service, of, held)
    if (of.type === 'list' && Array.isArray(held)) {
      const item = of.member
      return held.map((one) => `<member>${item ? element(shapeOf(service, item.shape), one) : ''}</member>`).join('')
    }
    return escapeXml(String(held))
  }
}

export function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}

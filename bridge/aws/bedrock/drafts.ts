/** The whole objects of the first list in an object's text that is still being written: `{"causes":[{…},{…},{"ki`. */
export function wholeItems(text: string): string[] {
  const items: string[] = []
  let [depth, from, inText, escaped] = [0, -1, false, false]
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at]
    if (inText) {
      if (escaped) escaped = false
      else if (unit === '\\') escaped = true
      else if (unit === '"') inText = false
    } else if (unit === '"') inText = true
    else if (unit === '{' || unit === '[') {
      depth += 1
      if (depth === ITEM_DEPTH && unit === '{') from = at
    } else if (unit === '}' || unit === ']') {
      if (depth === ITEM_DEPTH && from >= 0) {
        items.push(text.slice(from, at + 1))
        from = -1
      }
      depth -= 1
    }
  }
  return items
}

/** The answer, its list, an item. */
const ITEM_DEPTH = 3

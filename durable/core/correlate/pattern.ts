/**
 * Patterns that strangers write, matched in time linear in the text: a set of positions moves over it, nothing goes back.
 * What RE2's everyday subset has: text, `.`, `[classes]`, `\d \w \s` and their opposites, groups, `|`, `* + ?`, `{m,n}`.
 * Anchored at both ends, as Alertmanager's matchers are. No captures, no look-around, no back-references.
 */
export type Pattern = { ok: true; test: (text: string) => boolean } | { ok: false; says: string }

/** Longest pattern in characters, and most positions it may unfold to: their product with the text bounds the work. */
export const PATTERN_CHARS_MAX = 256
const NODES_MAX = 1_000
/** Steps of unfolding: repetitions of nothing add no position and would still go on for ever. */
const STEPS_MAX = 10_000
const REPEAT_MAX = 100

type Test = (char: string) => boolean
type Tree =
  | { kind: 'char'; test: Test }
  | { kind: 'all'; parts: Tree[] }
  | { kind: 'any'; choices: Tree[] }
  | { kind: 'repeat'; of: Tree; min: number; max: number }

interface Node {
  test: Test | null
  to: number[]
}

class Unreadable extends Error {}

export function compile(source: string): Pattern {
  if (source.length > PATTERN_CHARS_MAX)
    return { ok: false, says: `a pattern may have ${PATTERN_CHARS_MAX} characters` }
  try {
    const program = unfold(new Reader(source).whole())
    return { ok: true, test: (text) => run(program, text) }
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { ok: false, says: thrown.message }
    throw thrown
  }
}

// ---------------------------------------------------------------------------------------------- reading

const NAMED: Record<string, Test> = {
  d: (char) => char >= '0' && char <= '9',
  w: (char) => /^[A-Za-z0-9_]$/.test(char),
  s: (char) => ' \t\n\r\f\v'.includes(char),
}
const CONTROL: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }

class Reader {
  #chars: string[]
  #at = 0

  constructor(source: string) {
    this.#chars = Array.from(source)
  }

  whole(): Tree {
    const tree = this.#choices()
    if (this.#at < this.#chars.length) throw new Unreadable('a ) has no (')
    return tree
  }

  #peek(): string | undefined {
    return this.#chars[this.#at]
  }

  #take(): string {
    const char = this.#chars[this.#at]
    if (char === undefined) throw new Unreadable('the pattern ends too early')
    this.#at += 1
    return char
  }

  #choices(): Tree {
    const choices = [this.#sequence()]
    while (this.#peek() === '|') {
      this.#at += 1
      choices.push(this.#sequence())
    }
    return choices.length === 1 && choices[0] ? choices[0] : { kind: 'any', choices }
  }

  #sequence(): Tree {
    const parts: Tree[] = []
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#repeated(this.#one()))
    return { kind: 'all', parts }
  }

  #one(): Tree {
    const char = this.#take()
    switch (char) {
      case '(': {
        if (this.#peek() === '?') {
          this.#at += 1
          if (this.#take() !== ':') throw new Unreadable('of (?…) only (?:…) is known')
        }
        const inner = this.#choices()
        if (this.#peek() !== ')') throw new Unreadable('a ( has no )')
        this.#at += 1
        return inner
      }
      case '[':
        return { kind: 'char', test: this.#class() }
      case '.':
        return { kind: 'char', test: (one) => one !== '\n' }
      case '\\':
        return { kind: 'char', test: this.#escape() }
      // The whole value is matched anyway.
      case '^':
      case '$':
        return { kind: 'all', parts: [] }
      case '*':
      case '+':
      case '?':
        throw new Unreadable(`${char} repeats nothing`)
      default:
        return { kind: 'char', test: (one) => one === char }
    }
  }

  #repeated(of: Tree): Tree {
    const mark = this.#peek()
    let tree = of
    if (mark === '*' || mark === '+' || mark === '?') {
      this.#at += 1
      tree = { kind: 'repeat', of, min: mark === '+' ? 1 : 0, max: mark === '?' ? 1 : Infinity }
    } else if (mark === '{') {
      const bounds = /^\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/.exec(this.#chars.slice(this.#at, this.#at + 10).join(''))
      if (!bounds) return of
      this.#at += bounds[0].length
      const min = Number(bounds[1])
      const max = bounds[2] === undefined ? min : bounds[3] === undefined ? Infinity : Number(bounds[3])
      if (min > REPEAT_MAX || (max !== Infinity && max > REPEAT_MAX) || min > max)
        throw new Unreadable(`a repetition goes from {0,0} to {${REPEAT_MAX},}`)
      tree = { kind: 'repeat', of, min, max }
    }
    // Lazy or greedy is the same question when only yes or no is asked.
    if (tree !== of && this.#peek() === '?') this.#at += 1
    return tree
  }

  #escape(): Test {
    const char = this.#take()
    const named = NAMED[char.toLowerCase()]
    if (named && 'dwsDWS'.includes(char)) return char === char.toLowerCase() ? named : (one) => !named(one)
    if (/^[A-Za-z0-9]$/.test(char) && CONTROL[char] === undefined) throw new Unreadable(`\\${char} is not known`)
    const literal = CONTROL[char] ?? char
    return (one) => one === literal
  }

  #class(): Test {
    const tests: Test[] = []
    const not = this.#peek() === '^'
    if (not) this.#at += 1
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const char = this.#take()
      if (char === '\\') {
        tests.push(this.#escape())
        continue
      }
      const [dash, end] = [this.#peek(), this.#chars[this.#at + 1]]
      if (dash === '-' && end !== undefined && end !== ']' && end !== '\\') {
        this.#at += 2
        if (end < char) throw new Unreadable(`${char}-${end} runs backwards`)
        tests.push((one) => one >= char && one <= end)
      } else tests.push((one) => one === char)
    }
    this.#at += 1
    return (one) => tests.some((test) => test(one)) !== not
  }
}

// ---------------------------------------------------------------------------------------------- running

/** Positions in order; the last one is the end. Built from the back, so that each part knows where it leads. */
function unfold(tree: Tree): { nodes: Node[]; start: number } {
  const nodes: Node[] = [{ test: null, to: [] }]
  const add = (node: Node): number => {
    if (nodes.length >= NODES_MAX) throw new Unreadable('the pattern unfolds too far')
    return nodes.push(node) - 1
  }
  let steps = 0
  const build = (part: Tree, next: number): number => {
    steps += 1
    if (steps > STEPS_MAX) throw new Unreadable('the pattern unfolds too far')
    switch (part.kind) {
      case 'char':
        return add({ test: part.test, to: [next] })
      case 'all':
        return part.parts.reduceRight((after, one) => build(one, after), next)
      case 'any':
        return add({ test: null, to: part.choices.map((choice) => build(choice, next)) })
      case 'repeat': {
        let at = next
        if (part.max === Infinity) {
          const loop: Node = { test: null, to: [next] }
          at = add(loop)
          loop.to.push(build(part.of, at))
        } else {
          for (let n = part.min; n < part.max; n += 1) at = add({ test: null, to: [next, build(part.of, at)] })
        }
        for (let n = 0; n < part.min; n += 1) at = build(part.of, at)
        return at
      }
      default:
        return part satisfies never
    }
  }
  const start = build(tree, 0)
  return { nodes, start }
}

function run({ nodes, start }: { nodes: Node[]; start: number }, text: string): boolean {
  let here = closure(nodes, [start])
  for (const char of text) {
    if (here.size === 0) return false
    const next: number[] = []
    for (const at of here) {
      const node = nodes[at]
      if (node?.test?.(char)) next.push(...node.to)
    }
    here = closure(nodes, next)
  }
  return here.has(0)
}

function closure(nodes: Node[], from: number[]): Set<number> {
  const reached = new Set<number>()
  const edge = [...from]
  for (let at = edge.pop(); at !== undefined; at = edge.pop()) {
    if (reached.has(at)) continue
    reached.add(at)
    const node = nodes[at]
    if (node && node.test === null) edge.push(...node.to)
  }
  return reached
}

import { For, type JSX, Show, createMemo, createSignal, onCleanup, onMount } from 'solid-js'

/** Rows drawn or left out together: small enough that one block is built within a frame. */
export const BLOCK_ROWS = 50
/** Blocks at the top that are drawn from the start, so that nothing moves when the page appears. */
const DRAWN_AT_FIRST = 2
/** How far outside of the screen a block is drawn already: a fast turn of the wheel finds it there. */
const MARGIN = '900px 0px'
/** What a row that was never drawn is taken to be high, px; the scrollbar is right as soon as it was seen once. */
const ROW_PX = 44

interface BlocksProps<T> {
  rows: readonly T[]
  /** the end that grows: blocks are counted from the other one, so that a new row changes one block alone. */
  grows: 'top' | 'bottom'
  label: string
  class: string
  children: (row: T) => JSX.Element
}

/**
 * A list of any length of which only the part near the screen is in the document. Rows may differ in height. Where the
 * browser cannot say what is near, and on paper, all of it is drawn.
 */
export function Blocks<T>(props: BlocksProps<T>) {
  const [printing, setPrinting] = createSignal(false)
  const whole = () => setPrinting(true)
  const part = () => setPrinting(false)
  onMount(() => {
    addEventListener('beforeprint', whole)
    addEventListener('afterprint', part)
  })
  onCleanup(() => {
    removeEventListener('beforeprint', whole)
    removeEventListener('afterprint', part)
  })
  const numbers = createMemo(
    () => {
      const counted = Array.from({ length: Math.ceil(props.rows.length / BLOCK_ROWS) }, (_, i) => i)
      return props.grows === 'top' ? counted.toReversed() : counted
    },
    [],
    { equals: (a, b) => a.length === b.length },
  )
  const slice = (block: number): readonly T[] => {
    const end = props.rows.length - block * BLOCK_ROWS
    return props.grows === 'top'
      ? props.rows.slice(Math.max(0, end - BLOCK_ROWS), end)
      : props.rows.slice(block * BLOCK_ROWS, (block + 1) * BLOCK_ROWS)
  }
  return (
    <div class={props.class}>
      <For each={numbers()}>
        {(block, place) => (
          <Block
            rows={slice(block)}
            label={`${props.label}, part ${place() + 1} of ${numbers().length}`}
            first={place() < DRAWN_AT_FIRST}
            whole={printing()}
          >
            {props.children}
          </Block>
        )}
      </For>
    </div>
  )
}

function Block<T>(props: {
  rows: readonly T[]
  label: string
  first: boolean
  whole: boolean
  children: (row: T) => JSX.Element
}) {
  const observes = typeof IntersectionObserver === 'function'
  const [near, setNear] = createSignal(props.first || !observes)
  const rows = createMemo(() => props.rows, [], {
    equals: (a, b) => a.length === b.length && a.every((row, i) => row === b[i]),
  })
  let list: HTMLOListElement | undefined
  const hold = (px: number) => list?.style.setProperty('height', `${px}px`)

  onMount(() => {
    if (!observes || !list) return
    if (!near()) hold(rows().length * ROW_PX)
    const observer = new IntersectionObserver(
      (entries) => {
        const shown = entries.at(-1)?.isIntersecting === true
        if (shown === near()) return
        // What goes keeps its room, so that the rows below stay where they are.
        if (shown) list?.style.removeProperty('height')
        else hold(list?.offsetHeight ?? 0)
        setNear(shown)
      },
      { rootMargin: MARGIN, scrollMargin: MARGIN },
    )
    observer.observe(list)
    onCleanup(() => observer.disconnect())
  })
  return (
    <ol
      aria-label={props.label}
      ref={(element) => {
        list = element
      }}
    >
      <Show when={near() || props.whole}>
        <For each={rows()}>{(row) => props.children(row)}</For>
      </Show>
    </ol>
  )
}

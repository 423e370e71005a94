import { fireEvent } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { carried, untilProposal } from '../../web/src/gallery/log.ts'
import { flood } from '../../web/src/gallery/crew.ts'
import { AlertList } from '../../web/src/panels/AlertList.tsx'
import { Timeline } from '../../web/src/panels/Timeline.tsx'
import { BLOCK_ROWS, Blocks } from '../../web/src/ui/Blocks.tsx'
import { showIn, showPage, text } from './show.tsx'

/** The browser's eye is not ours: it says what is near the screen when the test says so. */
class Eye {
  static readonly all: Eye[] = []
  readonly watched: Element[] = []
  readonly says: IntersectionObserverCallback
  constructor(says: IntersectionObserverCallback) {
    this.says = says
    Eye.all.push(this)
  }
  observe(element: Element): void {
    this.watched.push(element)
  }
  disconnect(): void {
    this.watched.length = 0
  }
  static see(element: Element | undefined, isIntersecting: boolean): void {
    for (const eye of Eye.all)
      if (element && eye.watched.includes(element))
        eye.says([{ isIntersecting } as IntersectionObserverEntry], eye as unknown as IntersectionObserver)
  }
}

const withEye = () => vi.stubGlobal('IntersectionObserver', Eye)
afterEach(() => {
  vi.unstubAllGlobals()
  Eye.all.length = 0
})

describe('long lists', () => {
  const lists = (container: Element) => [...container.querySelectorAll('ol')]
  const show = (n: number, grows: 'top' | 'bottom' = 'bottom') => {
    const [rows, setRows] = createSignal(Array.from({ length: n }, (_, i) => `row ${i}`))
    const screen = showPage(() => (
      <Blocks rows={rows()} grows={grows} label="Rows" class="rows">
        {(row) => <li>{row}</li>}
      </Blocks>
    ))
    return { ...screen, setRows }
  }

  it('[UI100] only the blocks near the screen are in the document; what goes keeps its height', () => {
    withEye()
    const { container } = show(1_000)
    expect(lists(container)).toHaveLength(1_000 / BLOCK_ROWS)
    expect(container.querySelectorAll('li')).toHaveLength(2 * BLOCK_ROWS)
    const [first, , third] = lists(container)
    Eye.see(third, true)
    expect(text(third?.firstElementChild)).toBe(`row ${2 * BLOCK_ROWS}`)
    expect(third?.style.height).toBe('')
    Object.defineProperty(first, 'offsetHeight', { value: 2_345 })
    Eye.see(first, false)
    expect(first?.childElementCount).toBe(0)
    expect(first?.style.height).toBe('2345px')
  })

  it('[UI100] a new row on top changes one block and leaves the others as they are', () => {
    const { container, setRows } = show(2 * BLOCK_ROWS + 3, 'top')
    const before = lists(container)
    const last = before.at(-1)?.firstElementChild
    setRows((rows) => ['newest', ...rows])
    expect(text(lists(container)[0]?.firstElementChild)).toBe('newest')
    expect(lists(container)).toEqual(before)
    expect(lists(container).at(-1)?.firstElementChild).toBe(last)
  })

  it('[UI100] on paper all of it is drawn', () => {
    withEye()
    const { container } = show(500)
    fireEvent(window, new Event('beforeprint'))
    expect(container.querySelectorAll('li')).toHaveLength(500)
    fireEvent(window, new Event('afterprint'))
    expect(container.querySelectorAll('li')).toHaveLength(2 * BLOCK_ROWS)
  })

  it('[UI100] a log of two thousand events draws a small part of itself', () => {
    withEye()
    const { container } = showIn([...untilProposal(), ...flood(1_000, 2_000)], () => <Timeline />)
    fireEvent.click(container.querySelector('.segments button:nth-child(2)') ?? container)
    expect(container.querySelectorAll('.timeline-row').length).toBeLessThanOrEqual(2 * BLOCK_ROWS)
    expect(text(container.querySelector('.timeline-row .seq'))).toBe(String(untilProposal().length + 2_000))
  })

  it('[UI101] rows that were there when the page came are no news', () => {
    const { container } = showIn([...untilProposal(), ...carried()], () => <Timeline />)
    expect(container.querySelectorAll('.timeline-row').length).toBeGreaterThan(3)
    expect(container.querySelectorAll('.timeline-row.fresh')).toHaveLength(0)
  })
})

describe('a flood of alerts', () => {
  const screenOf = () => showIn([...untilProposal(), ...flood(1_000, 1_000)], () => <AlertList />)

  it('[UI102] shows the first rows, its services with their counts, and says what is only counted', () => {
    const { container } = screenOf()
    expect(container.querySelectorAll('.alert-row').length).toBeLessThan(10)
    expect(text(container)).toContain('178 of 200 held here firing, 1,001 alerts in all')
    expect(text(container)).toContain('and 801 more, counted here')
    expect(text(container.querySelector('.by-service .chip'))).toMatch(/^checkout \d+ of \d+ firing$/)
  })

  it('[UI102] a service or a word finds its alerts, each with why it is here', () => {
    const screen = screenOf()
    fireEvent.click(screen.getByRole('button', { name: /^identity/ }))
    const rows = () => [...screen.container.querySelectorAll('.alert-row')].map(text)
    expect(rows().length).toBeGreaterThan(20)
    expect(rows().every((row) => row.includes('identity'))).toBe(true)
    expect(rows()[0]).toContain('here for topology neighbour: checkout calls db-proxy')
    fireEvent.input(screen.getByLabelText('Alerts with the words'), { target: { value: 'instance 125 above' } })
    expect(rows()).toHaveLength(1)
  })
})

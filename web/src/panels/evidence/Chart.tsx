import { For, Show, createEffect, createSignal, onCleanup, onMount } from 'solid-js'
import { figure, measured } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'
import { onSystemTheme, theme } from '../../ui/theme.ts'
import type { ChartModel } from './chart.ts'

const HEIGHT_PX = 170

/** A drawn chart with the same facts in words beneath it; the drawing code is loaded when the first chart is shown. */
export function Chart(props: { model: ChartModel; title: string }) {
  let host: HTMLDivElement | undefined
  const [width, setWidth] = createSignal(0)
  const [palette, setPalette] = createSignal(0)
  const [failed, setFailed] = createSignal(false)

  onMount(() => {
    if (!host || typeof ResizeObserver !== 'function') return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(host)
    onCleanup(() => observer.disconnect())
    onCleanup(onSystemTheme(() => setPalette((n) => n + 1)))
  })

  createEffect(() => {
    const { model } = props
    const size = { width: width(), height: HEIGHT_PX }
    theme()
    palette()
    if (!host || size.width === 0) return
    const into = host
    let erase: (() => void) | null = null
    let gone = false
    import('./plot.ts').then(
      ({ drawChart }) => {
        if (!gone) erase = drawChart(into, model, size)
      },
      () => setFailed(true),
    )
    onCleanup(() => {
      gone = true
      erase?.()
    })
  })

  return (
    <figure class="chart">
      <div
        ref={(element) => {
          host = element
        }}
        class="chart-host"
        role="img"
        aria-label={inWords(props.title, props.model)}
      />
      <Show when={failed()}>
        <p class="label">The chart could not be loaded; the figures below are the same data.</p>
      </Show>
      <figcaption class="label">
        <span class="key measured">measured</span>
        <Show when={props.model.band}>
          <span class="key forecast">forecast, 80 %</span>
        </Show>
        <Show when={props.model.gaps.length > 0}>
          <span class="key gap">no data</span>
        </Show>
        <For each={props.model.marks}>
          {(mark) => (
            <span>
              <b>{mark.letter}</b> {mark.says} {clockTime(mark.at * 1_000)}
            </span>
          )}
        </For>
      </figcaption>
    </figure>
  )
}

/** The chart as a sentence. */
export function inWords(title: string, model: ChartModel): string {
  const values = model.measured.filter((value) => value !== null)
  const from = model.x[0]
  const parts = [
    `${title}: ${values.length} samples${from === undefined ? '' : ` from ${clockTime(from * 1_000)}`}`,
    values.length === 0
      ? 'no data'
      : `lowest ${measured(Math.min(...values), model.unit)}, highest ${measured(Math.max(...values), model.unit)}, latest ${measured(values.at(-1), model.unit)}`,
  ]
  if (model.change) {
    const { at, before, after } = model.change
    parts.push(`changed at ${clockTime(at * 1_000)} from ${figure(before)} to ${figure(after)}`)
  }
  for (const mark of model.marks) parts.push(`${mark.says} at ${clockTime(mark.at * 1_000)}`)
  if (model.limit !== null) parts.push(`limit ${measured(model.limit, model.unit)}`)
  if (model.gaps.length > 0) parts.push(`${model.gaps.length} gaps without data`)
  return parts.join('; ')
}

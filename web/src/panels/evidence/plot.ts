import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { figure } from '../../format/figures.ts'
import { clockTime } from '../../format/time.ts'
import type { ChartModel } from './chart.ts'

const LINE_PX = 2
const BAND_ALPHA = 0.14
const FONT_PX = 10

type Colour = 'accent' | 'ink' | 'ink3' | 'line' | 'red' | 'surface'

/** Canvas takes no `light-dark()`: each token is read as the colour that an element gets from it now. */
function colours(host: HTMLElement): (name: Colour, alpha?: number) => string {
  const probe = host.appendChild(document.createElement('i'))
  const known = new Map<Colour, string>()
  for (const name of ['accent', 'ink', 'ink3', 'line', 'red', 'surface'] as const) {
    probe.style.setProperty('color', `var(--${name})`)
    known.set(name, getComputedStyle(probe).color)
  }
  probe.remove()
  return (name, alpha = 1) => {
    const channels = (known.get(name) ?? 'rgb(128, 128, 128)').match(/[\d.]+/g)?.slice(0, 3) ?? []
    return `rgba(${channels.join(', ')}, ${alpha})`
  }
}

/** Draws the model into the host; the answer takes the drawing away. Throws where there is no canvas. */
export function drawChart(host: HTMLElement, model: ChartModel, size: { width: number; height: number }): () => void {
  const colour = colours(host)
  const font = `400 ${FONT_PX}px "Inter Variable", system-ui, sans-serif`
  const nothing = model.x.map(() => null)
  const band = model.band ?? { lo: nothing, median: nothing, hi: nothing }
  const plot = new uPlot(
    {
      ...size,
      padding: [18, 8, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true }, y: { range: (_, lo, hi) => yRange(model, lo, hi) } },
      series: [
        {},
        { stroke: colour('accent'), width: LINE_PX, spanGaps: false, points: { show: false } },
        { stroke: colour('accent', 0), width: 0, points: { show: false } },
        { stroke: colour('accent'), width: LINE_PX, dash: [4, 4], points: { show: false } },
        { stroke: colour('accent', 0), width: 0, points: { show: false } },
      ],
      bands: [{ series: [4, 2], fill: colour('accent', BAND_ALPHA) }],
      axes: [
        {
          stroke: colour('ink3'),
          font,
          size: 22,
          space: 70,
          grid: { show: false },
          ticks: { show: false },
          values: (_, splits) => splits.map((at) => clockTime(at * 1_000).slice(0, 5)),
        },
        {
          stroke: colour('ink3'),
          font,
          size: 44,
          space: 44,
          grid: { stroke: colour('line'), width: 1 },
          ticks: { show: false },
          values: (_, splits) => splits.map((value) => figure(value)),
        },
      ],
      hooks: {
        drawClear: [(u) => hatchGaps(u, model, colour('ink3', 0.5))],
        draw: [(u) => annotate(u, model, colour, font)],
      },
    },
    [model.x, model.measured, band.lo, band.median, band.hi] as uPlot.AlignedData,
    host,
  )
  return () => plot.destroy()
}

function yRange(model: ChartModel, lo: number, hi: number): [number, number] {
  const top = Math.max(hi, model.limit ?? 0)
  const bottom = Math.min(0, lo)
  return top > bottom ? [bottom, top + (top - bottom) * 0.12] : [bottom, bottom + 1]
}

function hatchGaps(u: uPlot, model: ChartModel, stroke: string): void {
  const { ctx, bbox } = u
  for (const [from, to] of model.gaps) {
    const left = u.valToPos(from, 'x', true)
    const right = Math.max(left + 4, u.valToPos(to, 'x', true))
    ctx.save()
    ctx.beginPath()
    ctx.rect(left, bbox.top, right - left, bbox.height)
    ctx.clip()
    ctx.strokeStyle = stroke
    ctx.beginPath()
    for (let x = left - bbox.height; x < right; x += 6 * devicePixelRatio) {
      ctx.moveTo(x, bbox.top + bbox.height)
      ctx.lineTo(x + bbox.height, bbox.top)
    }
    ctx.stroke()
    ctx.restore()
  }
}

function annotate(u: uPlot, model: ChartModel, colour: ReturnType<typeof colours>, font: string): void {
  const { ctx, bbox } = u
  const ratio = devicePixelRatio
  ctx.save()
  ctx.font = font.replace(`${FONT_PX}px`, `${FONT_PX * ratio}px`).replace('400', '600')
  ctx.lineWidth = 1.5 * ratio
  const vertical = (at: number, stroke: string, dash: number[], word: string, align: CanvasTextAlign) => {
    const x = u.valToPos(at, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) return
    ctx.strokeStyle = stroke
    ctx.fillStyle = stroke
    ctx.setLineDash(dash.map((d) => d * ratio))
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.setLineDash([])
    if (dash.length === 0) {
      ctx.beginPath()
      ctx.moveTo(x - 4 * ratio, bbox.top - 5 * ratio)
      ctx.lineTo(x + 4 * ratio, bbox.top - 5 * ratio)
      ctx.lineTo(x, bbox.top + ratio)
      ctx.fill()
    }
    ctx.textAlign = align
    ctx.fillText(word, x + (align === 'right' ? -7 : 0) * ratio, bbox.top - 6 * ratio)
  }
  if (model.limit !== null) {
    const y = u.valToPos(model.limit, 'y', true)
    ctx.strokeStyle = colour('red')
    ctx.fillStyle = colour('red')
    ctx.setLineDash([4 * ratio, 3 * ratio])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.setLineDash([])
    ctx.textAlign = 'left'
    // On its own ground: a series that lies on its limit would run through the word.
    const word = `limit ${figure(model.limit)}`
    const wide = ctx.measureText(word).width
    ctx.fillStyle = colour('surface')
    ctx.fillRect(bbox.left + 2 * ratio, y + 3 * ratio, wide + 4 * ratio, (FONT_PX + 3) * ratio)
    ctx.fillStyle = colour('red')
    ctx.fillText(word, bbox.left + 4 * ratio, y + (FONT_PX + 3) * ratio)
  }
  for (const mark of model.marks) {
    const x = u.valToPos(mark.at, 'x', true)
    ctx.strokeStyle = colour('ink3')
    ctx.fillStyle = colour('ink')
    ctx.lineWidth = ratio
    ctx.setLineDash([2 * ratio, 2 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.setLineDash([])
    ctx.textAlign = 'right'
    ctx.fillText(mark.letter, x - 3 * ratio, bbox.top + FONT_PX * ratio)
  }
  ctx.lineWidth = 1.5 * ratio
  if (model.change)
    vertical(model.change.at, colour('ink'), [], `change ${clockTime(model.change.at * 1_000)}`, 'right')
  vertical(model.now, colour('accent'), [2, 3], 'now', 'center')
  ctx.restore()
}

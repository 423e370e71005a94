import { type Prng, prng } from '../../durable/core/prng.ts'
import type { Change, Service, SignalRole } from '../../durable/protocol/domain.ts'
import type { TelemetrySeries } from '../../durable/protocol/objects.ts'
import type { Emission, Model, ScenarioAlert } from '../../scenarios/scenario.ts'

/**
 * A second world, of which the engines know nothing: a random mesh of services in layers, one fault of a random kind in a
 * random place below the front, trouble that travels to the callers hop by hop, noise that wanders, and two deploys
 * elsewhere, one of them with a step of its own.
 */
export type Fault = 'configuration' | 'deployment' | 'saturation' | 'capacity'
export const FAULTS: readonly Fault[] = ['configuration', 'deployment', 'saturation', 'capacity']

interface Node {
  id: string
  layer: number
  calls: Node[]
  rate: number
  latencyMs: number
  /** seconds from this node's trouble to its callers'. */
  lagS: number
  share: number
}

const LAYERS = 4
const RESOURCES = ['workers_busy', 'pool_in_use', 'handles_open', 'slots_taken'] as const
const LIMIT = 50

/** The mesh of a seed. `name` gives the k-th service its id; the fault starts at `onsetS`, or never. */
export function mesh(seed: number, fault: Fault | null, onsetS: number, name: (k: number) => string): Model {
  const chance = prng(seed * 7_919 + 17)
  const nodes = layered(chance, name)
  const front = nodes[0]
  if (!front) throw new Error('a mesh has a front')
  const below = reach(front).filter((node) => node !== front)
  const culprit = below[chance.whole(0, below.length - 1)] ?? front
  const others = nodes.filter((node) => !reach(front).includes(node))
  const calm = nodes.filter((node) => node !== culprit && !reach(node).includes(culprit))
  const loud = others[chance.whole(0, Math.max(0, others.length - 1))]
  const quiet = calm[chance.whole(0, calm.length - 1)]
  const resource = RESOURCES[chance.whole(0, RESOURCES.length - 1)] ?? 'slots_taken'
  const near = onsetS - chance.whole(5, 40)
  const noises = new Map<string, () => number>()
  let firing: number | null = null
  let badFor = 0

  /** How bad it is at the culprit, 0..1, `s` seconds after the onset. */
  const strain = (s: number): number =>
    fault === null || s < 0 ? 0 : Math.min(1, (s + 1) / (fault === 'saturation' ? 20 : 6))
  /** The same as felt at a node: less and later with each hop. */
  const felt = (node: Node, s: number): number => {
    if (node === culprit) return strain(s)
    return Math.max(0, ...node.calls.map((callee) => node.share * felt(callee, s - callee.lagS)))
  }

  function noise(what: string, share: number): number {
    const source = noises.get(what) ?? wandering(prng(hash(`${seed}/${what}`)))
    noises.set(what, source)
    return 1 + share * source()
  }

  function seriesAt(second: number, at: number): TelemetrySeries[] {
    const s = second - onsetS
    const list: TelemetrySeries[] = []
    nodes.forEach((node, k) => {
      const add = (
        series: string,
        role: SignalRole,
        unit: string,
        value: number,
        limit: number | null,
        peer: Node | null,
      ): void => {
        list.push({
          service: node.id,
          name: series,
          peer: peer?.id ?? null,
          role,
          unit,
          limit,
          breach: 'above',
          samples: [[at, value]],
        })
      }
      const bad = felt(node, s)
      const surge =
        fault === 'capacity' && s >= 0 && reach(node).includes(culprit)
          ? 1.5
          : fault === 'capacity' && s >= 0 && node === culprit
            ? 1.5
            : 1
      add('rate', 'rate', '1/s', node.rate * surge * noise(`${k}/rate`, 0.03), null, null)
      add('errors', 'errors', 'ratio', Math.min(1, 0.002 * Math.abs(noise(`${k}/errors`, 0.5)) + 0.3 * bad), null, null)
      add('latency', 'latency', 'ms', node.latencyMs * (1 + 4 * bad) * noise(`${k}/latency`, 0.05), null, null)
      const cpu = 0.4 + (node === loud && s >= near - onsetS + 8 ? 0.3 : 0) + 0.05 * bad
      add('cpu', 'saturation', 'ratio', Math.min(1, cpu * noise(`${k}/cpu`, 0.03)), 0.9, null)
      const full =
        node === culprit && fault !== 'deployment' ? Math.min(1, 0.62 + 0.38 * Math.min(1, strain(s) * 1.2)) : 0.62
      add(
        resource,
        'saturation',
        'slots',
        full === 1 ? LIMIT : Math.min(LIMIT, LIMIT * full * noise(`${k}/slots`, 0.02)),
        LIMIT,
        null,
      )
      node.calls.forEach((callee) => {
        const there = felt(callee, s)
        const what = `${k}>${nodes.indexOf(callee)}`
        add(
          'errors',
          'errors',
          'ratio',
          Math.min(1, 0.002 * Math.abs(noise(`${what}/e`, 0.5)) + 0.3 * there),
          null,
          callee,
        )
        add('latency', 'latency', 'ms', callee.latencyMs * (1 + 4 * there) * noise(`${what}/l`, 0.05), null, callee)
      })
    })
    return list
  }

  function changesAt(second: number, at: number): Emission['changes'] {
    const list: Emission['changes'] = []
    const push = (service: Node, kind: Change['kind'], setting: Change['setting']): void => {
      list.push({
        id: `c${second}-${list.length}`,
        kind,
        service: service.id,
        at,
        title: 'a change',
        description: '',
        setting,
      })
    }
    if (second === near && loud) push(loud, 'deploy', null)
    if (second === near + 3 && quiet) push(quiet, 'deploy', null)
    if (second === onsetS - 2 && fault === 'configuration')
      push(culprit, 'config', { name: `${resource.split('_')[0]}_max`, from: 80, to: LIMIT })
    if (second === onsetS - 2 && fault === 'deployment') push(culprit, 'deploy', null)
    return list
  }

  function alertsAt(second: number, series: TelemetrySeries[]): ScenarioAlert[] {
    const errors = series.find((one) => one.service === front?.id && one.name === 'errors' && one.peer === null)
    badFor = (errors?.samples[0]?.[1] ?? 0) > 0.02 ? badFor + 1 : 0
    if (firing !== null || badFor < 10 || !front) return []
    firing = second
    const text = { labels: {}, annotations: {} }
    return [
      {
        name: 'FrontErrors',
        status: 'firing',
        severity: 'critical',
        service: front.id,
        summary: '',
        ...text,
        startsMs: second * 1_000,
        endsMs: null,
      },
    ]
  }

  const cause =
    fault === null ? null : { service: culprit.id, kind: fault, signal: fault === 'deployment' ? null : resource }
  return {
    truth: { cause, onsetMs: fault === null ? null : onsetS * 1_000, acceptable: [], unsafe: [] },
    world: { services: nodes.map(serviceOf), sources: [], endpoints: [] },
    endpoint: { delayMs: 0, answerDelayMs: 0, withholdAnswer: false },
    step(ms, startedAt) {
      const second = ms / 1_000
      const series = seriesAt(second, startedAt + ms)
      const changes = fault === null ? [] : changesAt(second, startedAt + ms)
      return [
        { source: 'metrics', series, alerts: alertsAt(second, series), changes: [] },
        { source: 'deploys', series: [], alerts: [], changes },
      ]
    },
    apply: () => ({ applied: false, detail: 'nothing is wired in this world' }),
  }
}

/** Three services a layer; each calls one or two of the next, and the last ones call nobody. */
function layered(chance: Prng, name: (k: number) => string): Node[] {
  const layers = Array.from({ length: LAYERS }, (_, layer) =>
    Array.from(
      { length: 3 },
      (__, k): Node => ({
        id: name(layer * 3 + k),
        layer,
        calls: [],
        rate: 20 + 80 * chance.next(),
        latencyMs: 20 + 100 * chance.next(),
        lagS: chance.whole(0, 3),
        share: 0.6 + 0.35 * chance.next(),
      }),
    ),
  )
  layers.forEach((layer, depth) => {
    const next = layers[depth + 1] ?? []
    for (const node of layer) {
      const count = next.length === 0 ? 0 : chance.whole(1, 2)
      const first = chance.whole(0, 2)
      node.calls = next.filter((_, k) => k === first || (count === 2 && k === (first + 1) % 3))
    }
  })
  return layers.flat()
}

function reach(node: Node): Node[] {
  return [node, ...new Set(node.calls.flatMap(reach))]
}

function serviceOf(node: Node): Service {
  return {
    id: node.id,
    title: node.id,
    tier: 2,
    owner: 'team',
    ownerReachable: true,
    dependencies: node.calls.map(({ id }) => id),
    protected: false,
    slos: [],
  }
}

/** Half of each deviation stays for the next second. */
function wandering(chance: Prng): () => number {
  let kept = 0
  return () => {
    kept = 0.5 * kept + Math.sqrt(0.75) * chance.normal()
    return kept
  }
}

function hash(text: string): number {
  let value = 2_166_136_261
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619)
  return value >>> 0
}

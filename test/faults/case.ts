import { VOTERS, type VoterName } from '../../durable/protocol/domain.ts'
import { COMMON_FAULTS, type Fault, type FaultKind, SEAT_FAULTS } from '../../durable/protocol/faults.ts'
import { SCENARIOS } from '../../scenarios/index.ts'

/** One run: a story, a seed, and what goes wrong in it. */
export interface Case {
  story: string
  variant: string | null
  seed: number
  /** row of the table: a kind, or what is combined. */
  name: string
  /** faulty voters. */
  f: 0 | 1 | 2
  faults: Fault[]
}

/** What is combined: a liar helped by the world, and by text. */
const TOGETHER: readonly [FaultKind, FaultKind][] = [
  ['hallucinated-target', 'poisoned-metric'],
  ['equivocation', 'state-changed'],
]
/** With two faulty voters: what hurts, each pair with the same fault. */
const PAIRED = [
  'colluders',
  'hallucinated-target',
  'overconfidence',
  'forged-vote',
  'equivocation',
  'stale-metrics',
] as const
/** And pairs of which one lies and one only fails to answer. */
const MIXED: readonly [(typeof SEAT_FAULTS)[number], (typeof SEAT_FAULTS)[number]][] = [
  ['injected-log', 'silence'],
  ['replayed-vote', 'invented-evidence'],
]

type Mix = Omit<Case, 'story' | 'variant' | 'seed'>

const pairs = VOTERS.flatMap((a, index) => VOTERS.slice(index + 1).map((b): [VoterName, VoterName] => [a, b]))

/** Every way in which a run can go wrong, without its story and seed. */
export const MIXES: readonly Mix[] = [
  { name: 'none', f: 0, faults: [] },
  ...COMMON_FAULTS.map((kind): Mix => ({ name: `${kind} for all`, f: 0, faults: [{ kind }] })),
  { name: 'all three for all', f: 0, faults: COMMON_FAULTS.map((kind) => ({ kind })) },
  ...SEAT_FAULTS.flatMap((kind) => VOTERS.map((agent): Mix => ({ name: kind, f: 1, faults: [{ kind, agent }] }))),
  ...VOTERS.map((agent): Mix => ({ name: 'everything in one voter', f: 1, faults: all(agent) })),
  ...TOGETHER.flatMap(([own, common]) =>
    VOTERS.map(
      (agent): Mix => ({ name: `${own} + ${common} for all`, f: 1, faults: [{ kind: own, agent }, { kind: common }] }),
    ),
  ),
  ...PAIRED.flatMap((kind) =>
    pairs.map(
      ([a, b]): Mix => ({
        name: `two: ${kind}`,
        f: 2,
        faults: [
          { kind, agent: a },
          { kind, agent: b },
        ],
      }),
    ),
  ),
  ...MIXED.flatMap(([one, other]) =>
    pairs.map(
      ([a, b]): Mix => ({
        name: `two: ${one}, ${other}`,
        f: 2,
        faults: [
          { kind: one, agent: a },
          { kind: other, agent: b },
        ],
      }),
    ),
  ),
]

/** Everything that one voter can do wrong and still be heard. */
function all(agent: VoterName): Fault[] {
  return SEAT_FAULTS.filter((kind) => kind !== 'silence' && kind !== 'slow-agent').map((kind) => ({ kind, agent }))
}

/** Every mix on every story, for so many seeds from `from` on. */
export function casesOf(seeds: number, from = 1): Case[] {
  return Array.from({ length: seeds }, (_, index) => from + index).flatMap((seed) =>
    SCENARIOS.flatMap(({ name: story }) => MIXES.map((mix): Case => ({ story, variant: null, seed, ...mix }))),
  )
}

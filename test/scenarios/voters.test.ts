import { describe, expect, it } from 'vitest'
import { VOTERS, type VoterName } from '../../durable/protocol/domain.ts'
import { databaseCascade } from '../../scenarios/database-cascade/index.ts'
import { playOn, playToAlert, situationAt } from '../engines/rig.ts'
import { planOf, pruned, votesOn } from './council.ts'

const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1)
/** Seconds after the page at which the room may have looked. */
const LOOKS_S = [2, 60]

/** What the four voters say of Resolution's own proposal at each look. */
function looks(seed: number, variant: string | null): ReturnType<typeof votesOn>[] {
  const played = playToAlert(databaseCascade.begin(seed, variant))
  if (played === null) throw new Error(`seed ${seed}: nobody was paged`)
  const paged = played.second
  expect([...played.alerts.values()].map(({ service }) => service)).toEqual(['checkout'])
  return LOOKS_S.map((later) => {
    const situation = pruned(situationAt(playOn(played, paged + later)))
    const plan = planOf(situation)
    if (plan === null) throw new Error(`seed ${seed}: nothing proposed ${later} s after the page`)
    expect(plan.action).toMatchObject({ type: 'raise-pool-limit', target: 'db-proxy' })
    return votesOn(situation, plan)
  })
}

describe('the voters on the story', () => {
  it.each(SEEDS)('[DR6] seed %i: all four support the fix that the truth accepts, each citing something', (seed) => {
    for (const votes of looks(seed, null)) {
      for (const voter of VOTERS) {
        expect(votes[voter].vote, votes[voter].reason).toBe('support')
        expect(votes[voter].cites.length).toBeGreaterThan(0)
      }
    }
  })

  describe.each<VoterName>([...VOTERS])('variant %s-opposes', (opposing) => {
    it.each(SEEDS)(
      '[DR6] seed %i: this voter opposes from its own data, citing what no other cites, and the other three support',
      (seed) => {
        for (const votes of looks(seed, `${opposing}-opposes`)) {
          for (const voter of VOTERS)
            expect(votes[voter].vote, `${voter}: ${votes[voter].reason}`).toBe(
              voter === opposing ? 'oppose' : 'support',
            )
          const others = VOTERS.filter((voter) => voter !== opposing).flatMap((voter) => votes[voter].cites)
          expect(votes[opposing].cites.some((id) => !others.includes(id))).toBe(true)
        }
      },
    )
  })
})

it('[DR6] each variant for a voter differs from the story by data alone: same world, same truth', () => {
  const plain = databaseCascade.begin(1)
  for (const voter of VOTERS) {
    const model = databaseCascade.begin(1, `${voter}-opposes`)
    expect(model.world).toEqual(plain.world)
    expect(model.truth).toEqual(plain.truth)
    expect(model.endpoint).toEqual(plain.endpoint)
  }
})

import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { count } from '../../format/figures.ts'
import type { Intake } from './intake.ts'

/** Where every alert went: received is the sum of the others. */
export function IntakeFoot(props: { intake: Intake }) {
  const went = () => {
    const seen = props.intake.counters()
    if (!seen) return ''
    const parts: [number, string][] = [
      [seen.attached, 'attached'],
      [seen.deduplicated, 'repeated'],
      [seen.quarantined, 'quarantined'],
      [seen.pending, 'pending'],
    ]
    const said = parts.filter(([n]) => n > 0).map(([n, word]) => `${n.toLocaleString('en')} ${word}`)
    return said.length === 0 ? 'nothing came yet' : said.join(', ')
  }
  return (
    <footer class="list-foot">
      <Show when={props.intake.counters()} fallback={<span class="dim">Intake: no data</span>}>
        {(seen) => (
          <dl class="pairs">
            <dt>Intake, live</dt>
            <dd>{count(seen().received, 'alert')} received</dd>
            <dt>Went to</dt>
            <dd>{went()}</dd>
            <dt>Kept quiet</dt>
            <dd>
              <A class="link" href="/ops/quiet">
                {seen().suppressed === 0 ? 'nothing held back' : `${seen().suppressed.toLocaleString('en')} held back`}
              </A>
            </dd>
          </dl>
        )}
      </Show>
    </footer>
  )
}

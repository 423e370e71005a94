import { For, createMemo } from 'solid-js'
import { count, words } from '../../format/figures.ts'
import { useRoom } from '../context.tsx'
import { together } from './gaps.ts'

const REASON_SAYS: Partial<Record<string, string>> = {
  'no-data': 'no sample where one was looked for',
  stale: 'older than its limit',
  unreachable: 'its source did not answer',
  'limit-reached': 'more than is read at once',
  'not-watched': 'nobody sends it',
}

/** What could not be read, why, and who missed it: an answer without it would look surer than it is. */
export function GapTable() {
  const { room } = useRoom()
  const gaps = createMemo(() => together(room.state.view.gaps))
  return (
    <section class="doubts" aria-labelledby="gaps">
      <header class="ballot-head">
        <h2 id="gaps">Gaps</h2>
        <span class="label">{count(gaps().length, 'thing')} that could not be read</span>
      </header>
      <p class="ballot-says">
        What an agent wanted and did not get lowers the confidence that code settles; it is never filled in.
      </p>
      <table class="gap-table">
        <caption class="sr-only">What could not be read</caption>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Why</th>
            <th scope="col">Missed by</th>
          </tr>
        </thead>
        <tbody>
          <For
            each={gaps()}
            fallback={
              <tr>
                <td colSpan={3} class="dim">
                  At this moment nothing was missing.
                </td>
              </tr>
            }
          >
            {(gap) => (
              <tr>
                <th scope="row">{gap.what}</th>
                <td>
                  <b>{gap.reason}</b> <span class="dim">{REASON_SAYS[gap.reason] ?? words(gap.reason)}</span>
                </td>
                <td>{gap.by.join(', ')}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  )
}

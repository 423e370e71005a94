import { A, useParams, useSearchParams } from '@solidjs/router'
import {
  ErrorBoundary,
  Match,
  Show,
  Switch,
  createEffect,
  createMemo,
  createSignal,
  lazy,
  on,
  onCleanup,
  onMount,
} from 'solid-js'
import { isIncidentId } from '../../../../durable/protocol/namespace.ts'
import type { Problem } from '../../room/http.ts'
import { person } from '../../room/person.ts'
import { Bar } from './Bar.tsx'
import { Recording, TABS, type TabName } from './Recording.tsx'
import { type Log, type Progress, growLog, loadLog, newSince } from './load.ts'
import { type Replay, UnreadableEvent, replayOf } from './replay.ts'

const Chooser = lazy(async () => ({ default: (await import('./Chooser.tsx')).Chooser }))

/** How often a room is asked whether its log grew, while the page is seen. */
const ASK_MS = 10_000
/** The address follows the moment after it has stood so long: browsers take only so many changes in a row. */
const ADDRESS_MS = 250

/** `/transparency` and `/transparency/:incident`: one log at any of its moments; needs no socket. */
export function Transparency() {
  const params = useParams<{ incident?: string }>()
  const [search, setSearch] = useSearchParams<{ at?: string; tab?: string }>()
  const [log, setLog] = createSignal<Log | null>(null)
  const [problem, setProblem] = createSignal<Problem | null>(null)
  const [progress, setProgress] = createSignal<Progress | null>(null)
  const [offline, setOffline] = createSignal(false)
  const [news, setNews] = createSignal(0)
  /** null: the end, wherever that is. */
  const [moment, setMoment] = createSignal<number | null>(seqOf(search.at))

  const incident = () => params.incident ?? null
  let asked = 0

  async function load(id: string): Promise<void> {
    asked += 1
    const mine = asked
    setProblem(null)
    setLog(null)
    setNews(0)
    if (!isIncidentId(id)) return void setProblem(NO_ID)
    const loaded = await loadLog(id, (so) => mine === asked && setProgress(so))
    if (mine !== asked) return
    if (loaded.ok) setLog(loaded.log)
    else setProblem(loaded.problem)
  }

  async function showNews(): Promise<void> {
    const known = log()
    if (!known) return
    // Who looks at the past stays there; who looked at the end goes on with it.
    const grown = await growLog(known, () => undefined)
    if (log() !== known) return
    setOffline(!grown.ok && grown.problem.status === 0)
    if (!grown.ok) return
    setNews(0)
    setLog(grown.log)
  }

  async function ask(): Promise<void> {
    const known = log()
    if (known?.origin !== 'room' || document.visibilityState === 'hidden') return
    const n = await newSince(known)
    if (log() !== known) return
    setOffline(n === null)
    if (n !== null) setNews(n)
  }

  createEffect(
    on([incident, person], ([id]) => {
      setOffline(false)
      if (id === null) {
        asked += 1
        setProblem(null)
        if (log()?.origin !== 'file') setLog(null)
        document.title = 'Transparency, Incident Commander'
      } else void load(id)
    }),
  )
  onMount(() => {
    const timer = setInterval(() => void ask(), ASK_MS)
    onCleanup(() => clearInterval(timer))
  })

  const folded = createMemo<{ replay: Replay } | { seq: number } | null>(() => {
    const known = log()
    if (!known) return null
    try {
      return { replay: replayOf(known.events) }
    } catch (error) {
      if (error instanceof UnreadableEvent) return { seq: error.seq }
      throw error
    }
  })
  const replay = () => {
    const known = folded()
    return known && 'replay' in known ? known.replay : null
  }
  const unreadable = () => {
    const known = folded()
    return known && 'seq' in known ? known.seq : null
  }
  const last = () => log()?.events.length ?? 1
  const seq = () => Math.min(last(), Math.max(1, moment() ?? last()))
  const tab = (): TabName => TABS.find((name) => name === search.tab) ?? 'reasoning'

  let settle: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(settle))
  function seek(to: number): void {
    setMoment(to === last() ? null : to)
    clearTimeout(settle)
    settle = setTimeout(
      () => setSearch({ at: moment() === null ? undefined : String(to) }, { replace: true, scroll: false }),
      ADDRESS_MS,
    )
  }
  // Somebody followed a link inside of this page, or went back.
  createEffect(
    on(
      () => search.at,
      (at) => setMoment(seqOf(at)),
      { defer: true },
    ),
  )
  const link = () =>
    log()?.origin === 'file'
      ? null
      : `${location.origin}/transparency/${incident() ?? ''}?at=${seq()}${tab() === 'reasoning' ? '' : `&tab=${tab()}`}`
  const reads = () => {
    const known = log()
    if (!known) return null
    return known.origin === 'file' ? `File ${known.name}, read only` : 'Recording, read only'
  }

  return (
    <div class="app in-room">
      <Bar
        reads={reads()}
        opsHref={log()?.origin === 'room' ? `/ops/${incident() ?? ''}` : '/ops'}
        onChoose={() => setLog(null)}
      />
      <Switch>
        <Match when={problem()}>
          {(said) => <NotShown problem={said()} onAgain={() => void load(incident() ?? '')} />}
        </Match>
        <Match when={unreadable()}>
          {(at) => (
            <main class="room notice">
              <h1>Event {at()} cannot be read</h1>
              <p>
                It may come from a newer version, or it is no event. Nothing is shown: what follows from it would be a
                guess.
              </p>
              <A class="button primary" href="/transparency" onClick={() => setLog(null)}>
                Choose another
              </A>
            </main>
          )}
        </Match>
        <Match when={replay()}>
          {(known) => (
            <ErrorBoundary fallback={(error: unknown) => <Broken error={error} />}>
              <Show when={log()}>
                {(of) => (
                  <Recording
                    log={of()}
                    replay={known()}
                    seq={seq()}
                    tab={tab()}
                    link={link()}
                    news={news()}
                    offline={offline()}
                    onSeek={seek}
                    onTab={(to) =>
                      setSearch({ tab: to === 'reasoning' ? undefined : to }, { replace: true, scroll: false })
                    }
                    onShowNews={() => void showNews()}
                  />
                )}
              </Show>
            </ErrorBoundary>
          )}
        </Match>
        <Match when={incident() === null}>
          <Chooser
            onFile={(file) => {
              setMoment(null)
              setLog(file)
            }}
          />
        </Match>
        <Match when={true}>
          <Loading progress={progress()} />
        </Match>
      </Switch>
    </div>
  )
}

const NO_ID: Problem = {
  status: 404,
  code: 'not-found',
  title: 'No such incident',
  detail: 'This is not an incident id.',
}

/** A seq of an address; null for none and for what is no number. */
function seqOf(at: string | string[] | undefined): number | null {
  const seq = typeof at === 'string' && /^\d{1,9}$/.test(at) ? Number(at) : 0
  return seq > 0 ? seq : null
}

function Loading(props: { progress: Progress | null }) {
  const says = () => {
    const { read, of } = props.progress ?? { read: 0, of: null }
    return of === null ? 'Asking for the log.' : `Reading the log: ${read} of ${of} events.`
  }
  return (
    <main class="room loading" aria-busy="true">
      <p role="status">{says()}</p>
      <Show when={props.progress?.of}>
        {(of) => (
          <progress class="load-progress" aria-label="Events read" max={of()} value={props.progress?.read ?? 0} />
        )}
      </Show>
      <div class="skeleton" />
      <div class="skeleton" />
    </main>
  )
}

function NotShown(props: { problem: Problem; onAgain: () => void }) {
  const title = () => {
    const { status, title: said } = props.problem
    if (status === 404) return 'No such incident'
    if (status === 403) return 'Not yours to see'
    return status === 0 ? said : 'The log could not be read'
  }
  const says = () => {
    const { status, title: said, detail } = props.problem
    if (status === 404)
      return 'There is none with this id, or it is private and you are not on it. Whoever leads it can let you in.'
    if (status === 403) return `${detail} Ask somebody who is on it, or sign in as somebody else.`
    return status === 0 ? detail : `${said} ${detail}`
  }
  return (
    <main class="room notice">
      <h1>{title()}</h1>
      <p role="alert">{says()}</p>
      <div class="form-foot">
        <button type="button" class="button primary" onClick={() => props.onAgain()}>
          Try again
        </button>
        <A class="button" href="/transparency">
          Choose another
        </A>
      </div>
    </main>
  )
}

/** A log that folds and whose panels cannot be drawn: a file of another make. */
function Broken(props: { error: unknown }) {
  return (
    <main class="room notice">
      <h1>This log cannot be shown</h1>
      <p role="alert">
        Its chain may hold, and something in it is not as this version writes it:{' '}
        {props.error instanceof Error ? props.error.message : String(props.error)}.
      </p>
      <A class="button primary" href="/ops">
        Go to operations
      </A>
    </main>
  )
}

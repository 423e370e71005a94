import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { Icon } from '../../ui/Icon.tsx'
import { nextTheme, theme } from '../../ui/theme.ts'
import { PersonSwitcher } from '../operations/PersonSwitcher.tsx'

/** The page's head: where one is, where else one can go, and what is looked at. */
export function Bar(props: { reads: string | null; opsHref: string; onChoose: () => void }) {
  return (
    <header class="bar why-bar">
      <A class="brand" href="/ops">
        <Icon name="room" size={18} />
        <span class="brand-name">Incident Commander</span>
      </A>
      <nav class="bar-nav" aria-label="Pages">
        <A class="button quiet" href={props.opsHref} activeClass="">
          Operations
        </A>
        <A
          class="button quiet"
          href="/transparency"
          aria-current="page"
          activeClass=""
          onClick={() => props.onChoose()}
        >
          Transparency
        </A>
      </nav>
      <span class="grow" />
      <Show when={props.reads}>{(reads) => <span class="pill reads">{reads()}</span>}</Show>
      <button type="button" class="button quiet" onClick={() => nextTheme()}>
        <Icon name="theme" />
        <span class="sr-only">Theme: {theme()}</span>
      </button>
      <PersonSwitcher />
    </header>
  )
}

import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import type { LinkState } from '../../room/link.ts'
import { Icon } from '../../ui/Icon.tsx'
import { nextTheme, theme } from '../../ui/theme.ts'
import { ConnectionPill } from './ConnectionPill.tsx'
import { PersonSwitcher } from './PersonSwitcher.tsx'

export function Header(props: {
  link: LinkState
  seq: number | null
  behind: number
  wall: number
  inRoom: boolean
  killSwitch: boolean
  listHref: string
  onRetry: () => void
  onDrill: () => void
  onKeys: () => void
  onKillSwitch: () => void
}) {
  return (
    <header class="bar">
      <Show when={props.inRoom}>
        <A class="button quiet square back" href={props.listHref}>
          <Icon name="back" size={18} />
          <span class="sr-only">All incidents</span>
        </A>
      </Show>
      <A class="brand" href={props.listHref}>
        <Icon name="room" size={18} />
        <span class="brand-name">Incident Commander</span>
      </A>
      <nav class="bar-nav" aria-label="Pages">
        <A class="button quiet bar-page" href={props.listHref} aria-current="page" activeClass="">
          Operations
        </A>
        <A class="button quiet" href="/transparency" activeClass="">
          Transparency
        </A>
      </nav>
      <span class="grow" />
      <ConnectionPill
        link={props.link}
        seq={props.seq}
        behind={props.behind}
        wall={props.wall}
        onRetry={props.onRetry}
      />
      <button type="button" class="button quiet" onClick={() => nextTheme()}>
        <Icon name="theme" />
        <span class="sr-only">Theme: {theme()}</span>
      </button>
      <button type="button" class="button quiet keys-button" onClick={() => props.onKeys()}>
        <kbd>?</kbd>
        <span class="sr-only">Keys</span>
      </button>
      <button type="button" class="button quiet" onClick={() => props.onDrill()}>
        <Icon name="flask" />
        <span class="bar-word">Start drill</span>
      </button>
      <button
        type="button"
        class="button quiet danger"
        classList={{ on: props.killSwitch }}
        aria-pressed={props.killSwitch ? 'true' : 'false'}
        onClick={() => props.onKillSwitch()}
      >
        <Icon name="power" />
        <span class="bar-word">Kill switch{props.killSwitch ? ' on' : ''}</span>
      </button>
      <PersonSwitcher />
    </header>
  )
}

import { For } from 'solid-js'

export interface Tab<T extends string> {
  value: T
  label: string
  /** how many there are at this moment; null where counting says nothing. */
  count: number | null
}

/** Names of a tab and of the panel it shows, for one another. */
export const tabId = (value: string) => `tab-${value}`
export const PANEL_ID = 'tab-panel'

/** One panel at a time: arrows walk and choose, as a tab list does. */
export function Tabs<T extends string>(props: { tabs: readonly Tab<T>[]; value: T; onChoose: (value: T) => void }) {
  let row: HTMLDivElement | undefined
  const key = (event: KeyboardEvent) => {
    const at = props.tabs.findIndex((tab) => tab.value === props.value)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: props.tabs.length - 1 }[event.key]
    if (to === undefined || event.shiftKey) return
    event.preventDefault()
    const tab = props.tabs.at(to % props.tabs.length)
    if (!tab) return
    props.onChoose(tab.value)
    row?.querySelector<HTMLElement>(`#${tabId(tab.value)}`)?.focus()
  }
  return (
    <div
      class="tabs"
      role="tablist"
      aria-label="What is shown of this moment"
      onKeyDown={key}
      ref={(element) => {
        row = element
      }}
    >
      <For each={props.tabs}>
        {(tab) => (
          <button
            type="button"
            role="tab"
            id={tabId(tab.value)}
            aria-selected={props.value === tab.value ? 'true' : 'false'}
            aria-controls={PANEL_ID}
            tabIndex={props.value === tab.value ? 0 : -1}
            onClick={() => props.onChoose(tab.value)}
          >
            {tab.label} {tab.count !== null && <span class="tab-count">{tab.count}</span>}
          </button>
        )}
      </For>
    </div>
  )
}

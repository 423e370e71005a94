import { createSignal, onCleanup, onMount } from 'solid-js'
import { remember, remembered } from '../room/person.ts'

const STORED = 'ic.keys'
const [keysOn, setKeysOn] = createSignal(remembered(STORED) !== 'off')

/** Whether single keys act; who speaks to the machine or slips on keys turns them off (WCAG 2.1.4). */
export { keysOn }

export function turnKeys(on: boolean): void {
  remember(STORED, on ? 'on' : 'off')
  setKeysOn(on)
}

/** Acts on single keys while nobody types and no dialog is open. `always` are those that stay when keys are off. */
export function onKeys(acts: Record<string, () => void>, always: readonly string[] = []): void {
  const press = (event: KeyboardEvent) => {
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (!keysOn() && !always.includes(event.key)) return
    const { target } = event
    if (target instanceof HTMLElement && target.closest('input, textarea, select, dialog, [role=menu]')) return
    event.preventDefault()
    act()
  }
  onMount(() => addEventListener('keydown', press))
  onCleanup(() => removeEventListener('keydown', press))
}

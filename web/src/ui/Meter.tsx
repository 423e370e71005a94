import { createEffect } from 'solid-js'

/** A neutral bar of 0..1. The width goes through the CSSOM: the policy allows no inline style. */
export function Meter(props: { value: number; label: string; class?: string }) {
  let bar: HTMLSpanElement | undefined
  createEffect(() => {
    bar?.style.setProperty('width', `${Math.round(Math.min(1, Math.max(0, props.value)) * 100)}%`)
  })
  return (
    <span class={`meter ${props.class ?? ''}`} role="img" aria-label={props.label}>
      <span
        ref={(element) => {
          bar = element
        }}
      />
    </span>
  )
}

import sprite from './icons.svg?url'

export type IconName =
  | 'check'
  | 'cross'
  | 'arrow'
  | 'back'
  | 'metric'
  | 'log'
  | 'edge'
  | 'change'
  | 'alert'
  | 'past-incident'
  | 'note'
  | 'topology'
  | 'shield'
  | 'gap'
  | 'power'
  | 'flask'
  | 'person'
  | 'plus'
  | 'clock'
  | 'offline'
  | 'again'
  | 'copy'
  | 'theme'
  | 'source'
  | 'room'

/** A sign beside a word, never instead of one: screen readers skip it. `size` in px. */
export function Icon(props: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={props.size ?? 14} height={props.size ?? 14} aria-hidden="true">
      <use href={`${sprite}#${props.name}`} />
    </svg>
  )
}

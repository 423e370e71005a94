/** Boxed ƒ computed, M model, H human. Without `word` the word is for screen readers alone. */
export function Provenance(props: { of: 'computed' | 'model' | 'human'; detail?: string; word?: boolean }) {
  const glyph = () => ({ computed: 'ƒ', model: 'M', human: 'H' })[props.of]
  return (
    <span class="provenance">
      <span class="glyph" aria-hidden="true">
        {glyph()}
      </span>
      <span classList={{ 'sr-only': props.word !== true }}>
        {props.of}
        {props.detail === undefined ? '' : `, ${props.detail}`}
      </span>
    </span>
  )
}

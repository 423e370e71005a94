import { For, createUniqueId } from 'solid-js'
import { PERSON_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { useRoom } from '../context.tsx'

/** Asks for a person by name; those who are here or on it are offered. */
export function PersonField(props: { label: string; value: string; onChange: (name: string) => void }) {
  const { room } = useRoom()
  const id = createUniqueId()
  const known = () =>
    [
      ...new Set([
        ...room.state.people.map(({ name }) => name),
        ...room.state.view.people,
        ...room.state.view.crew.map(({ person }) => person),
      ]),
    ].sort()
  return (
    <>
      <label for={id}>{props.label}</label>
      <input
        id={id}
        list={`${id}-known`}
        autocomplete="off"
        autocapitalize="none"
        maxLength={PERSON_CHARS_MAX}
        value={props.value}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
      <datalist id={`${id}-known`}>
        <For each={known()}>{(name) => <option value={name} />}</For>
      </datalist>
    </>
  )
}

import { For, Show, createSignal, createUniqueId } from 'solid-js'
import type { Task, TaskKind } from '../../../../durable/protocol/crew.ts'
import { TASK_CHARS_MAX } from '../../../../durable/protocol/limits.ts'
import { age, dayTime } from '../../format/time.ts'
import { Icon } from '../../ui/Icon.tsx'
import { Outcome, useOrder } from '../Order.tsx'
import { useRoom } from '../context.tsx'
import { PersonField } from './Person.tsx'
import { isOver, mayAs } from './may.ts'

/** What is to be done: tasks of now, then action items that outlive the incident; open ones first. */
export function Tasks() {
  const { room } = useRoom()
  const [adding, setAdding] = createSignal(false)
  const tasks = () => room.state.view.tasks
  const open = () => tasks().filter((task) => task.state === 'open').length
  const ordered = (kind: TaskKind) =>
    tasks()
      .filter((task) => task.kind === kind)
      .sort((a, b) => Number(a.state !== 'open') - Number(b.state !== 'open') || due(a) - due(b))
  return (
    <section class="panel side" aria-labelledby="tasks">
      <header class="panel-head">
        <h2 id="tasks">Tasks</h2>
        <Show when={tasks().length > 0}>
          <span class="label">
            {open() === 0 ? 'none open' : `${open()} open`} of {tasks().length}
          </span>
        </Show>
        <Show when={mayAs(room, 'responder')}>
          <button
            type="button"
            class="button quiet end"
            aria-expanded={adding() ? 'true' : 'false'}
            onClick={() => setAdding((was) => !was)}
          >
            <Icon name="plus" size={12} />
            Task
          </button>
        </Show>
      </header>
      <Show when={adding()}>
        <TaskForm onAdded={() => setAdding(false)} />
      </Show>
      <Show
        when={tasks().length > 0}
        fallback={
          <Show when={!adding()}>
            <p class="empty">Nobody was given anything to do yet.</p>
          </Show>
        }
      >
        <ul class="tasks">
          <For each={[...ordered('task'), ...ordered('action-item')]}>{(task) => <TaskRow task={task} />}</For>
        </ul>
      </Show>
    </section>
  )
}

/** Undated ones after all that are due. */
function due(task: Task): number {
  return task.dueWall ?? Number.MAX_SAFE_INTEGER
}

function TaskRow(props: { task: Task }) {
  const { room } = useRoom()
  const [changing, setChanging] = createSignal(false)
  const order = useOrder()
  const task = () => props.task
  const late = () => task().state === 'open' && task().dueWall !== null && room.wall() > (task().dueWall ?? 0)
  const me = () => room.state.you?.name ?? ''
  const change = (change_: Parameters<typeof order.give>[0]) => void order.give(change_)
  return (
    <li class="task" classList={{ over: task().state !== 'open' }}>
      <label class="task-done">
        <input
          type="checkbox"
          checked={task().state === 'done'}
          disabled={!mayAs(room, 'responder') || order.blocked()}
          onChange={(event) => {
            const state = event.currentTarget.checked ? 'done' : 'open'
            // The box shows what the room says, not what was pressed.
            event.currentTarget.checked = task().state === 'done'
            change({ type: 'change-task', task: task().id, change: { state } })
          }}
        />
        <span class="sr-only">{task().id} is done</span>
      </label>
      <span class="task-what">
        <span>
          <Show when={task().state === 'open'} fallback={<s>{task().text}</s>}>
            {task().text}
          </Show>
        </span>
        <span class="label">
          <span class="mono">{task().id}</span>
          {task().kind === 'action-item' ? ' action item' : ''}
          {task().state === 'dropped' ? ', dropped' : ''}
          {task().owner === null ? ', nobody’s' : `, ${task().owner === me() ? 'yours' : task().owner}`}
          <Show when={task().dueWall}>
            {(at) => (
              <span classList={{ word: late(), due: late() }}>
                , due {dayTime(at())}
                {late() ? `, late by ${age(room.wall() - at())}` : ''}
              </span>
            )}
          </Show>
        </span>
        <Outcome of={order} />
        <Show when={changing()}>
          <ChangeForm task={task()} onChanged={() => setChanging(false)} />
        </Show>
      </span>
      <Show when={mayAs(room, 'responder')}>
        <button
          type="button"
          class="link-button"
          aria-label={`Change ${task().id}`}
          aria-expanded={changing() ? 'true' : 'false'}
          onClick={() => setChanging((was) => !was)}
        >
          Change
        </button>
      </Show>
    </li>
  )
}

function TaskForm(props: { onAdded: () => void }) {
  const { room } = useRoom()
  const id = createUniqueId()
  const over = () => isOver(room.state.view)
  const [kind, setKind] = createSignal<TaskKind>(over() ? 'action-item' : 'task')
  const [text, setText] = createSignal('')
  const [owner, setOwner] = createSignal('')
  const [dueAt, setDueAt] = createSignal('')
  const order = useOrder()

  async function add(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    if (text().trim() === '') return
    const dueWall = instantOf(dueAt())
    if (
      await order.give({ type: 'add-task', kind: kind(), text: text().trim(), owner: owner().trim() || null, dueWall })
    )
      props.onAdded()
  }

  return (
    <form class="form task-form" onSubmit={(event) => void add(event)}>
      <label for={`${id}-text`}>What is to be done</label>
      <input
        id={`${id}-text`}
        maxLength={TASK_CHARS_MAX}
        value={text()}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <div class="form-row">
        <span>
          <label for={`${id}-kind`}>Kind</label>
          <select id={`${id}-kind`} value={kind()} onChange={(event) => setKind(event.currentTarget.value as TaskKind)}>
            <option value="task" disabled={over()}>
              Task, now
            </option>
            <option value="action-item">Action item, after</option>
          </select>
        </span>
        <span>
          <PersonField label="Owner" value={owner()} onChange={setOwner} />
        </span>
      </div>
      <label for={`${id}-due`}>Due (may be empty)</label>
      <input
        id={`${id}-due`}
        type="datetime-local"
        value={dueAt()}
        onInput={(event) => setDueAt(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button type="submit" class="button primary" disabled={order.blocked() || text().trim() === ''}>
          Add the {kind() === 'task' ? 'task' : 'action item'}
        </button>
        <Outcome of={order} />
      </div>
    </form>
  )
}

function ChangeForm(props: { task: Task; onChanged: () => void }) {
  const id = createUniqueId()
  const [owner, setOwner] = createSignal(props.task.owner ?? '')
  const [dueAt, setDueAt] = createSignal(localOf(props.task.dueWall))
  const order = useOrder()

  async function change(event: SubmitEvent): Promise<void> {
    event.preventDefault()
    const dueWall = instantOf(dueAt())
    const given = await order.give({
      type: 'change-task',
      task: props.task.id,
      change: { owner: owner().trim() || null, dueWall },
    })
    if (given) props.onChanged()
  }

  return (
    <form class="form" onSubmit={(event) => void change(event)}>
      <PersonField label="Owner" value={owner()} onChange={setOwner} />
      <label for={`${id}-due`}>Due</label>
      <input
        id={`${id}-due`}
        type="datetime-local"
        value={dueAt()}
        onInput={(event) => setDueAt(event.currentTarget.value)}
      />
      <div class="form-foot">
        <button type="submit" class="button primary" disabled={order.blocked()}>
          Keep
        </button>
        <button
          type="button"
          class="button danger"
          disabled={order.blocked()}
          onClick={() =>
            void order
              .give({
                type: 'change-task',
                task: props.task.id,
                change: { state: props.task.state === 'dropped' ? 'open' : 'dropped' },
              })
              .then((given) => given && props.onChanged())
          }
        >
          {props.task.state === 'dropped' ? 'Take it up again' : 'Drop it'}
        </button>
        <Outcome of={order} />
      </div>
    </form>
  )
}

/** What a field for a date and a time holds, in the viewer's zone; empty or unreadable is none. */
function instantOf(local: string): number | null {
  const at = Date.parse(local)
  return Number.isNaN(at) ? null : at
}

function localOf(at: number | null): string {
  if (at === null) return ''
  const offsetMs = new Date(at).getTimezoneOffset() * 60_000
  return new Date(at - offsetMs).toISOString().slice(0, 16)
}

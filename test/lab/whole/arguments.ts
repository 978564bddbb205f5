import { readdirSync, readFileSync } from 'node:fs'

const everyMs = 5

/** Notes the argument lists of all processes that descend from this one, while it runs. */
export function watchArguments(): { stop(): string[] } {
  const seen = new Set<string>()
  const timer = setInterval(() => {
    for (const pid of descendants(process.pid)) seen.add(argumentsOf(pid))
  }, everyMs)
  return {
    stop() {
      clearInterval(timer)
      return [...seen]
    },
  }
}

function descendants(pid: number | string): string[] {
  const children = tasksOf(pid).flatMap((task) =>
    textOf(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean),
  )
  return [...children, ...children.flatMap(descendants)]
}

function argumentsOf(pid: string): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()
}

/** A process may be gone at any moment. */
function tasksOf(pid: number | string): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

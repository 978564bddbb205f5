import { spawn, spawnSync } from 'node:child_process'
import { stripVTControlCharacters } from 'node:util'
import { compileCache, type Name, type Shell } from './support.ts'

/** Why tests that need a pseudo-terminal are skipped; false where there is one. */
export const noTerminal =
  spawnSync('script', ['--version']).status === 0 ? false : 'needs script(1) for a pseudo-terminal'

interface Typing {
  readonly name?: Name
  /** For the shell, in place of edgectl alone, which is `"$NODE" "$MAIN"` there. */
  readonly line?: string
  readonly env?: Record<string, string>
  /** Ctrl-C is pressed when this is true. */
  readonly interrupt?: () => boolean
  /** Called with all that has been on the screen, as it grows. */
  readonly onScreen?: (screen: string) => void
}

/** Types answers into a pseudo-terminal, each when its question has come. */
export async function type(
  it: Pick<Shell, 'home' | 'url' | 'fileOf'>,
  args: string,
  dialogue: readonly (readonly [string, string])[],
  {
    name = 'edgectl',
    line = `exec "$NODE" "$MAIN" ${args}`,
    env: more = {},
    ...typing
  }: Typing = {},
) {
  // By the environment: a clone may lie where a path has blanks and quotes.
  const command = `stty cols 100 rows 40; ${line}`
  const { interrupt, onScreen } = typing
  const programs = { NODE: process.execPath, MAIN: it.fileOf(name), PATH: process.env['PATH'] }
  const place = { HOME: it.home, NODE_COMPILE_CACHE: compileCache, TERM: 'xterm', TZ: 'UTC' }
  const login = { ONEFORM_URL: it.url, ONEFORM_USER: 'oneadmin', ONEFORM_PASSWORD: 'opennebula' }
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...programs, ...place, ...login, ...more },
  })
  const waiting = [...dialogue]
  let raw = ''
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    raw += text
    screen += stripVTControlCharacters(text).replaceAll('\r', '')
    onScreen?.(screen)
    const [next] = waiting
    const asked = next ? screen.indexOf(next[0]) : -1
    if (!next || asked < 0 || !/(> |number: |\[y\/N\] )$/.test(screen.slice(asked))) return
    waiting.shift()
    child.stdin.write(`${next[1]}\r`)
  })
  const pressing = setInterval(() => {
    if (!interrupt?.()) return
    clearInterval(pressing)
    child.stdin.write('\x03')
  }, 100)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(pressing)
  return { code, raw, screen }
}

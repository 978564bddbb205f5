// Completion, as the shells themselves do it: each script is sourced, and asked.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { placesOf } from '../../../controller/cli/completion/index.ts'
import { COMMANDS } from '../../../controller/cli/index.ts'
import { topics } from '../../../controller/cli/topics.ts'
import { bundled } from './support.ts'

const directory = mkdtempSync(join(tmpdir(), 'edgectl-completion-'))
t.teardown(() => rmSync(directory, { recursive: true }))
const main = await bundled(directory)
const edgectl = (...argv: string[]) =>
  spawnSync(process.execPath, [main, ...argv], {
    encoding: 'utf8',
    env: { HOME: directory, PATH: process.env['PATH'] },
  })

/** An edgectl on the path that answers the scripts' own question. */
const bin = join(directory, 'bin')
mkdirSync(bin)
const answers = "printf '7\\tedge\\n12\\tfar away\\n'"
writeFileSync(
  join(bin, 'edgectl'),
  `#!/bin/sh\n[ "$*" = 'completion --list provisions' ] || exit 3\n${answers}\n`,
)
chmodSync(join(bin, 'edgectl'), 0o755)

const script = (shell: string) => {
  const file = join(directory, `completion.${shell}`)
  const { status, stdout, stderr } = edgectl('completion', shell)
  if (status !== 0) throw new Error(stderr)
  writeFileSync(file, stdout)
  return file
}

/** What bash offers for the last of these words. */
function bash(file: string, ...words: string[]): string[] {
  const program = `
    source "$1"; shift
    COMP_WORDS=(edgectl "$@"); COMP_CWORD=$#
    _edgectl
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', program, 'bash', file, ...words],
    {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env['PATH']}` },
    },
  )
  if (status !== 0 || stderr !== '') throw new Error(stderr)
  return stdout.split('\n').filter((line) => line !== '')
}

t.test('bash completes topics, verbs and flags', async (t) => {
  const file = script('bash')
  t.match(bash(file, 'prov'), ['provider', 'provision'])
  t.strictSame(bash(file, 'doc'), ['doctor'])
  t.ok(bash(file, '').includes('leaks'))
  t.strictSame(bash(file, 'provision', 'unde'), ['undeploy'])
  t.ok(bash(file, 'provision', 'undeploy', '7', '--').includes('--no-wait'))
  t.ok(bash(file, 'provision', 'list', '--').includes('--json'))
  t.notOk(bash(file, 'provision', 'list', '--').includes('--no-wait'), 'that is another’s')
  t.strictSame(bash(file, 'completion', ''), ['bash', 'fish', 'zsh'])
})

t.test('bash completes ids, and names of what has been begun', async (t) => {
  const file = script('bash')
  t.strictSame(bash(file, 'provision', 'show', ''), ['7', '12'])
  t.strictSame(bash(file, 'provision', 'show', '1'), ['12'])
  t.strictSame(bash(file, 'provision', 'show', 'ed'), ['edge'])
  t.strictSame(bash(file, 'provision', 'show', 'fa'), [], 'a name with blanks would be two words')
  t.strictSame(
    bash(file, 'provision', 'show', '--server', 'http://x', ''),
    ['7', '12'],
    'the value of a flag is no argument',
  )
  t.strictSame(bash(file, 'provider', 'create', ''), ['scaleway'])
  t.strictSame(bash(file, 'provision', 'undeploy', '7', '--yes', ''), ['7', '12'])
  t.strictSame(bash(file, 'provider', 'show', ''), [], 'nobody answers for these')
})

t.test('files are offered where a file is taken, and nowhere else', async (t) => {
  const places = placesOf(COMMANDS, topics)
  const offered = (path: string, flag: string) =>
    places.find((place) => place.path === path)?.flags.find(({ names }) => names.includes(flag))
      ?.value
  t.equal(offered('doctor', '--root'), 'files')
  t.equal(offered('provision create', '--provider-id'), 'providers')
  for (const flag of ['--name', '--server', '--password', '--min-hosts', '--input'])
    t.equal(offered('provision create', flag), 'nothing', flag)
  t.equal(places.find(({ path }) => path === 'provision create')?.args[1], 'files')
  const file = script('bash')
  t.strictSame(bash(file, 'provision', 'create', '-p', ''), [], 'asked of who is not there')
  t.strictSame(bash(file, 'provision', 'create', '--name', ''), [])
})

t.test('a controller that does not answer is no trouble at the prompt', async (t) => {
  const { status, stdout, stderr } = edgectl(
    ...['completion', '--list', 'provisions', '--server', 'http://127.0.0.1:9'],
    ...['--username', 'u', '--password', 'p'],
  )
  t.strictSame({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' })
  const homeless = edgectl('completion', '--list', 'provisions')
  t.strictSame([homeless.status, homeless.stdout, homeless.stderr], [0, '', ''])
})

t.test('another shell is refused with those that there are', async (t) => {
  t.match(edgectl('completion', 'csh'), { status: 2, stderr: /bash, fish, zsh/ })
  t.match(edgectl('completion'), { status: 2, stderr: /^Name the shell.*bash, fish, zsh/ })
})

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0
const skipped = (shell: string) => (has(shell) ? false : `needs ${shell}`)

t.test('zsh takes its script and completes with it', { skip: skipped('zsh') }, async (t) => {
  const file = script('zsh')
  t.match(spawnSync('zsh', ['-n', file], { encoding: 'utf8' }), { status: 0, stderr: '' })
  const program = `
    compdef() { : }
    source $1
    _describe() { print -rl -- "\${(P@)\${@[-1]}}" }
    compadd() { print -rl -- "$@" }
    words=(edgectl "\${@:3}"); CURRENT=$#words
    _edgectl`
  const zsh = (...words: string[]) => {
    const argv = ['-fc', program, 'zsh', file, directory, ...words]
    const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: directory }
    const { stdout, stderr } = spawnSync('zsh', argv, { encoding: 'utf8', env })
    t.equal(stderr, '')
    return stdout.split('\n')
  }
  t.ok(zsh('').some((line) => line.startsWith('provision:')))
  t.ok(zsh('provision', '').some((line) => line.startsWith('undeploy:')))
  t.ok(zsh('provision', 'undeploy', '--').some((line) => line.startsWith('--no-wait:')))
  t.match(zsh('provision', 'show', ''), ['7:edge', '12:far away'])
})

t.test('fish takes its script and completes with it', { skip: skipped('fish') }, async (t) => {
  const file = script('fish')
  const fish = (line: string) => {
    const program = 'source $argv[1]; complete -C $argv[2]'
    const env = { PATH: `${bin}:${process.env['PATH']}`, HOME: directory }
    const argv = ['--no-config', '-c', program, file, line]
    const { stdout, stderr } = spawnSync('fish', argv, { encoding: 'utf8', env })
    t.equal(stderr, '')
    return stdout.split('\n').map((one) => one.split('\t')[0])
  }
  t.ok(fish('edgectl ').includes('provision'))
  t.ok(fish('edgectl provision unde').includes('undeploy'))
  t.ok(fish('edgectl provision undeploy 7 --').includes('--no-wait'))
  t.match(fish('edgectl provision show '), ['7', '12'])
})

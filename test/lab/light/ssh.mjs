// ssh to light hosts: argv as the controller gives it to ssh, bytes as ssh would carry them. The first
// argument is the directory in which the hosts listen.
import { once } from 'node:events'
import { createConnection } from 'node:net'

const [directory, ...argv] = process.argv.slice(2)
const [address, command] = argv.slice(argv.indexOf('--') + 1)
const relay = command.includes("'relay'")
const host = createConnection(`${directory}/${address}${relay ? '' : '.sshd'}`)
host.once('error', () => {
  process.stderr.write(`ssh: connect to host ${address} port 22: Connection refused\n`)
  process.exit(255)
})
await once(host, 'connect')
process.stdin.pipe(host)
if (relay) {
  // What the agent's own relay says first: whom it speaks for.
  host.write('from 127.0.0.1\n')
  process.stdout.once('error', () => process.exit(255))
  host.pipe(process.stdout)
  host.once('close', () => process.exit(0))
} else {
  const { output, code } = JSON.parse(
    Buffer.concat(await host.toArray()).toString() || '{"code":255}',
  )
  process.stdout.write(output ?? '', () => process.exit(code))
}

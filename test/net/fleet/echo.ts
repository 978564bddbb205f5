// One open TCP connection with an echo every 10 ms: echo.ts serve PORT, echo.ts call ADDRESS PORT.
// The caller prints `open` when the first echo is back, and what became of all of them
// when its standard input ends, as both do then.
import { connect, createServer } from 'node:net'

const [role, ...words] = process.argv.slice(2)
if (role === 'serve') {
  createServer((socket) => {
    socket.setNoDelay()
    socket.on('error', () => socket.destroy())
    socket.pipe(socket)
  }).listen(Number(words[0]), '0.0.0.0', () => console.log('serving'))
  process.stdin.resume().on('end', () => process.exit(0))
} else {
  call(words[0] ?? '', Number(words[1]))
}

function call(host: string, port: number): void {
  const times: number[] = []
  let sent = 0
  let broken: string | null = null
  const socket = connect({ host, port, noDelay: true })
  socket.on('connect', () => {
    setInterval(() => {
      if (broken === null) socket.write('.')
      sent++
    }, 10)
  })
  socket.on('data', (bytes) => {
    if (times.length === 0) console.log('open')
    for (let count = bytes.length; count > 0; count--) times.push(performance.now())
  })
  const fail = (why: string) => {
    broken ??= why
  }
  socket.on('error', ({ message }) => fail(message))
  socket.on('close', () => fail('closed'))
  process.stdin.resume().on('end', () => {
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time))
    const stallMs = Math.round(gaps.reduce((longest, gap) => Math.max(longest, gap), 0))
    console.log(JSON.stringify({ sent, echoed: times.length, stallMs, broken }))
    process.exit(0)
  })
}

import t from 'tap'
import { createExec, pythonProgram } from '../../../agent/exec/index.ts'
import { silent } from '../../../lib/log/index.ts'

const exec = createExec({ logger: silent })

/** What is made of a list of one connection that ends with this code of the kernel's. */
const listed = (code: number) =>
  exec.run(
    pythonProgram(`
theirs, ours = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_DGRAM)
ours.send(pack('=LHHLL', 24, 0x100, 2, 0, 0) + b'head' + b'body' + pack('=LHHLLi', 20, 3, 2, 0, 0, ${code}))
try:
    say(b','.join(answers(theirs)))
except OSError as error:
    complain(error.strerror)
`),
  )

t.test('a list of connections that the kernel broke off is not taken for the whole', async (t) => {
  t.match(await listed(0), { stdout: 'body', stderr: '' })
  t.match(await listed(-12), { stdout: '', stderr: /Cannot allocate memory/ })
})

// Tells whoever calls, over TCP or UDP, the address it is seen as: echo.ts <address> <port>.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

const [address = '0.0.0.0', port = '7000'] = process.argv.slice(2)

const tcp = createServer((socket) => {
  socket.on('error', () => {})
  socket.end(`${socket.remoteAddress}:${socket.remotePort}\n`)
})
const udp = createSocket('udp4', (_, peer) => {
  udp.send(`${peer.address}:${peer.port}\n`, peer.port, peer.address)
})
tcp.listen(Number(port), address)
udp.bind(Number(port), address)
await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
console.log('listening')

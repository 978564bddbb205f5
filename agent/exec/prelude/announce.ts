/** Addresses told to the neighbours. */
export const announce = String.raw`
# To be closed takes such a socket longer than what is sent through it.
announcers = {}

def announcer(device):
    if device not in announcers:
        announcers[device] = _socket.socket(_socket.AF_PACKET, _socket.SOCK_DGRAM | _socket.SOCK_CLOEXEC, 0)
        announcers[device].bind((device, 0))
    return announcers[device]

# Unasked, as a request for oneself (RFC 5227, 3), to all neighbours.
def announce(device, address):
    try:
        link, own = announcer(device), _socket.inet_aton(address)
        said = pack('!HHBBH', 1, 0x800, 6, 4, 1) + link.getsockname()[4] + own + bytes(6) + own
        link.sendto(said, (device, 0x806, 0, 1, b'\xff' * 6))
        return True
    except OSError as error:
        return complain(f'{address} cannot be announced on {device}: {error.strerror}')
`

"""Mutations of mails, the same for the same seed.

Run as a module it reads as many damaged mails as it is told, under limits of memory and time that the kernel
keeps: `python -m tests.connectors.mail.mutations SEED HOW_MANY`.
"""

from __future__ import annotations

import resource
import sys
from random import Random

from connectors.mail.read import UNREADABLE, read_email
from tests.connectors.mail import from_machines, from_people, from_strangers, with_files
from tests.connectors.mail import odd_charsets as in_odd_letters
from tests.connectors.mail.raw_mail import SERVER

LARGEST = 30_000
"""Bytes of a mail that is damaged; the larger ones are read whole in the corpus."""
MEMORY, SECONDS = 1_500_000_000, 280
_SETS = (from_people, in_odd_letters, with_files, from_machines, from_strangers)
CORPUS = tuple(one.raw for each in _SETS for one in each.SAMPLES if len(one.raw) <= LARGEST)
_SHARP = (
    b"\r\n",
    b"\n\n",
    b"--",
    b"--=_b1",
    b"--=_b1--",
    b"=?utf-8?B?",
    b"?=",
    b"\0",
    b"\xff\xfe",
    b"<",
    b">",
    b"<<<<<<<<",
    b'"',
    b";",
    b"boundary=",
    b"Content-Type: multipart/mixed; boundary=x\r\n",
    b"Content-Type: text/html\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"message/delivery-status",
    b"message/rfc822",
    b"charset=utf-16",
    b"filename*0*=",
    b"> " * 40,
    b"On Mon wrote:\r\n",
    b"<table><td>",
    b"<blockquote type=cite>",
    b"&#1;",
)


def damaged(random: Random) -> bytes:
    """A mail of the corpus after one to eight accidents."""
    raw = bytearray(random.choice(CORPUS))
    for _ in range(random.randint(1, 8)):
        _mutate(raw, random)
    return bytes(raw)


def _mutate(raw: bytearray, random: Random) -> None:
    at = random.randrange(len(raw) + 1)
    to = min(len(raw), at + random.randint(1, 200))
    match random.randrange(6):
        case 0:
            raw[at:to] = random.randbytes(to - at)
        case 1:
            del raw[at:to]
        case 2:
            raw[at:at] = raw[at:to] * random.randint(1, 30)
        case 3:
            raw[at:at] = random.choice(_SHARP) * random.choice((1, 1, 1, 50))
        case 4:
            other = random.choice(CORPUS)
            raw[at:] = other[random.randrange(len(other) + 1) :]
        case _:
            del raw[at:]


def main(seed: int, how_many: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    random = Random(seed)
    for number in range(how_many):
        email, _ = read_email(damaged(random), SERVER)
        if email.note == UNREADABLE:
            sys.exit(f"mail {number} of seed {seed} made the reader stumble")
    print(f"{how_many} read")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

# gpuwizard receive
# What stream in upload.sh does, in one process: it receives, reads back and
# digests without starting a command for each part. Words, files and answers are
# those of upload.sh, but for two:
#
#   digest KEY FROM TO   goes on digesting a large file that far, in bytes, while
#                        the rest of it is still on its way; no answer
#   MARK sum N DIGEST    answers for the Nth file of an archive
#
# It runs in the try's tree. Arguments: MARK, the stream's number, the try's
# owner, the file that names the lock's holder, and KEY NAME... of names that
# would break lines. It exits with 0 at the end of the input, 4 after an error
# that it has told, 5 without the lock, and with anything else only when it has
# read nothing.
import hashlib, io, os, sys

BLOCK = 65536
mark, number, owner, lock, *odd = map(os.fsencode, sys.argv[1:])
odd = dict(zip(odd[1::2], odd[::2]))


class Ended(Exception):
    pass


class NoLock(Exception):
    pass


class Input:
    def __init__(self):
        self.raw = io.FileIO(0, "rb", closefd=False)
        self.view = memoryview(bytearray(1 << 19))
        self.at = self.end = 0

    def some(self, most):
        """Returns from 1 to most bytes, which hold until the next call."""
        if self.at == self.end:
            self.at, self.end = 0, self.raw.readinto(self.view) or 0
            if not self.end:
                raise Ended
        at = self.at
        self.at = min(self.end, at + most)
        return self.view[at:self.at]

    def take(self, n):
        pieces = []
        while n:
            pieces.append(bytes(self.some(n)))
            n -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, n):
        while n:
            n -= len(self.some(n))

    def line(self):
        text = b""
        while not text.endswith(b"\n"):
            text += bytes(self.some(1))
        return text.split()


source = Input()
back = memoryview(bytearray(1 << 18))
digests = {}  # of large files, by key: a digest, and how far it has come
folders = set([b""])


def write(fd, piece):
    while piece:
        piece = piece[os.write(fd, piece):]


def say(text):
    write(1, memoryview(text))


def digest_part(h, f, at, end):
    f.seek(at)
    while at < end:
        n = f.readinto(back[:min(len(back), end - at)])
        if not n:
            break
        h.update(back[:n])
        at += n
    return at


def make_folder(name):
    folder = os.path.dirname(name)
    if folder not in folders:
        os.makedirs(folder, exist_ok=True)
        folders.add(folder)


log = None


def write_log(line):
    # Not before the first word: without one, the tree may have been published
    # already, and what lies beside it is the person's.
    global log
    if log is None:
        log = os.open(b"../log." + number, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    write(log, memoryview(line + b"\n"))


def note(name, digest):
    write_log(b"one " + odd[name] + b" " + digest if name in odd else digest + b"  ./" + name)


def receive(name, size, mode):
    make_folder(name)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    try:
        fd = os.open(name, flags, mode)
    except FileExistsError:
        os.unlink(name)
        fd = os.open(name, flags, mode)
    with io.FileIO(fd, "r+b") as f:
        left = size
        while left:
            piece = source.some(left)
            left -= len(piece)
            write(fd, piece)
        h = hashlib.sha256()
        digest_part(h, f, 0, size)
    digest = h.hexdigest().encode()
    note(name, digest)
    return digest


def files(part, length, blocks):
    source.skip(int(length))
    left = int(blocks) * BLOCK
    answer, long, n = [], None, 0
    while True:
        header = source.take(512)
        left -= 512
        if not header[0]:
            break
        size = int(header[124:136].strip(b" \0"), 8)
        pad = -size % 512
        left -= size + pad
        if header[156:157] == b"L":
            long = source.take(size).rstrip(b"\0")
        else:
            name = long or header[:100].split(b"\0")[0]
            digest = receive(name[2:], size, int(header[100:108].strip(b" \0"), 8))
            answer.append(mark + (" sum %d " % n).encode() + digest)
            long, n = None, n + 1
        source.skip(pad)
    source.skip(left)
    say(b"\n".join(answer + [mark + b" done " + part]) + b"\n")


def blocks(part, key, seek, count):
    at = int(seek) * BLOCK
    left = int(count) * BLOCK
    fd = os.open(b"../big/" + key, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        os.lseek(fd, at, os.SEEK_SET)
        while left:
            piece = source.some(left)
            write(fd, piece)
            left -= len(piece)
    finally:
        os.close(fd)
        came = int(count) - -(-left // BLOCK)
        if came:
            write_log(b" ".join([b"range", key, seek, str(came).encode()]))
    say(mark + b" done " + part + b"\n")


def digest(key, start, end):
    h, at = digests.get(key) or (hashlib.sha256(), 0)
    if at == int(start):
        with io.FileIO(b"../big/" + key, "rb") as f:
            digests[key] = h, digest_part(h, f, at, int(end))


def whole(part, key, size, mode, want, length):
    name = source.take(int(length))
    big, size = b"../big/" + key, int(size)
    with io.FileIO(big, "r+b") as f:
        f.truncate(size)  # the last block was filled up
        h, at = digests.pop(key, None) or (hashlib.sha256(), 0)
        digest_part(h, f, at, size)
    digest = h.hexdigest().encode()
    if digest == want:
        make_folder(name)
        os.chmod(big, int(mode, 8))
        os.rename(big, name)
        note(name, digest)
    else:
        os.unlink(big)
        write_log(b"lost " + key)
    say(mark + b" whole " + part + b" " + digest + b"\n")


def mine():
    try:
        with open(lock, "rb") as f:
            return f.read().strip() == owner
    except FileNotFoundError:
        return False


try:
    os.umask(0o022)
    words = {b"files": files, b"range": blocks, b"digest": digest, b"whole": whole}
    while True:
        word = source.line()
        if not mine():
            raise NoLock
        words[word[0]](*word[1:])
except Ended:
    os._exit(0)
except NoLock:
    os._exit(5)
except BaseException as e:
    os.write(2, ("receive: %s\n" % e).encode("utf-8", "replace"))
    os._exit(4)

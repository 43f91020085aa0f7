# SHA-256 with whatever can tell it: $sum is "none" where nothing can. $python is
# a Python, if there is one.
python=
for one in python3 python; do
	if [ -z "$python" ] && command -v "$one" >/dev/null 2>&1; then
		python=$one
	fi
done

# openssl is several times as fast as sha256sum where the processor helps.
if openssl dgst -sha256 -r </dev/null >/dev/null 2>&1; then
	sum='openssl dgst -sha256 -r'
elif command -v sha256sum >/dev/null 2>&1; then
	sum=sha256sum
elif command -v shasum >/dev/null 2>&1; then
	sum='shasum -a 256'
elif [ -n "$python" ]; then
	sum=
else
	sum=none
fi
sum_code='import hashlib, os, sys
out = getattr(sys.stdout, "buffer", sys.stdout)
for name in sys.argv[1:] or [None]:
    try:
        f = open(name, "rb") if name else getattr(sys.stdin, "buffer", sys.stdin)
        h = hashlib.sha256()
        for piece in iter(lambda: f.read(1 << 20), b""):
            h.update(piece)
    except EnvironmentError:
        continue
    name = getattr(os, "fsencode", str)(name or "-")
    out.write(h.hexdigest().encode("ascii") + b"  " + name + b"\n")'

# sums [NAME...]: lines of digest and name; of the standard input without names.
# shellcheck disable=SC2120
sums() {
	if [ -n "$sum" ]; then
		# $sum is a command with its options.
		# shellcheck disable=SC2086
		$sum "$@"
	else
		"$python" -c "$sum_code" "$@"
	fi
}

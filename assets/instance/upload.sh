#!/bin/sh
# One folder, replaced whole or not at all.
#
#   $1 what to do: hold, prepare, send, publish
#   $2 the folder, an absolute path
#   $3 the owner of this try: letters, digits, one dot; before the dot the
#      uploading program, after it the try's number
#   $4 a word that begins each line of answer and occurs nowhere else
#   $5... names (see one_by_one)
#
# Beside the folder NAME lie, while an upload is under way:
#   .NAME.part/OWNER   what that try has put together so far
#   .NAME.lock/        who may put together and publish, and its last sign of life
#   .NAME.old          the former folder, between the two renames of publish
#
# Each try begins an empty folder of its own and links into it what is right in
# the folder itself and in earlier tries: a writer left over from a broken
# connection can then spoil nothing that was verified.
LC_ALL=C
export LC_ALL
verb=$1
target=$2
owner=$3
mark=$4
shift 4
parent=${target%/*}
name=${target##*/}
part=$parent/.$name.part
old=$parent/.$name.old
lock=$parent/.$name.lock
stage=$part/$owner
parent=${parent:-/}

# A holder without a sign of life for so many seconds has lost its lock.
patience=30

say() {
	printf '%s %s\n' "$mark" "$*"
}

fail() {
	say "fail $*"
	exit 3
}

if command -v sha256sum >/dev/null 2>&1; then
	sum=sha256sum
elif command -v shasum >/dev/null 2>&1; then
	sum='shasum -a 256'
elif command -v openssl >/dev/null 2>&1; then
	sum='openssl dgst -sha256 -r'
else
	fail tool sha256sum
fi

space() {
	say "kib $(df -Pk "$parent" 2>/dev/null | tail -n 1)"
	say "inodes $(df -Pi "$parent" 2>/dev/null | tail -n 1)"
}

# tree KEY FOLDER: the digests of all files below FOLDER.
tree() {
	say "tree $1"
	if [ -d "$2" ]; then
		# $sum is a command with its options.
		# shellcheck disable=SC2086
		(cd "$2" && find . -type f -exec $sum {} +)
	fi
	say "end $1"
}

# one_by_one FOLDER NAME...: digests by the names' numbers, for names that would
# break lines.
one_by_one() {
	folder=$1
	shift
	number=0
	for one; do
		if [ -f "$folder/$one" ]; then
			digest=$($sum <"$folder/$one")
			say "one $number ${digest%% *}"
		fi
		number=$((number + 1))
	done
}

mine() {
	[ "$(cat "$lock/owner" 2>/dev/null)" = "$owner" ]
}

beat() {
	date +%s >"$lock/beat.new" && mv "$lock/beat.new" "$lock/beat"
}

make_parent() {
	mkdir -p "$parent" && return 0
	up=$parent
	while [ ! -e "$up" ] && [ -n "$up" ]; do
		up=${up%/*}
	done
	[ -z "$up" ] || [ -d "$up" ] || fail not-folder "$up"
	fail write "$parent"
}

# abandoned: whether the lock's holder is an earlier try of the same program, or
# shows no sign of life. $waited counts the seconds spent here.
abandoned() {
	holder=$(cat "$lock/owner" 2>/dev/null)
	case $holder in
	"${owner%%.*}".*) return 0 ;;
	esac
	last=$(cat "$lock/beat" 2>/dev/null)
	case $last in
	'' | *[!0-9]*)
		# Just made, or its maker was killed before it wrote anything.
		[ "$waited" -ge 5 ]
		return
		;;
	esac
	age=$(($(date +%s) - last))
	[ "$age" -gt "$patience" ] || [ "$age" -lt "-$patience" ]
}

# break_lock moves the lock away first: of two that break it, one wins.
break_lock() {
	mv "$lock" "$lock.$owner" 2>/dev/null || return 0
	if [ "$(cat "$lock.$owner/owner" 2>/dev/null)" != "$holder" ]; then
		# Another was quicker: this one is a new holder's.
		mv "$lock.$owner" "$lock"
		return 0
	fi
	rm -rf "$lock.$owner"
}

take_lock() {
	waited=0
	denied=0
	until mkdir "$lock" 2>/dev/null; do
		if [ ! -d "$lock" ]; then
			denied=$((denied + 1))
			if [ "$denied" -ge 3 ]; then
				mkdir "$lock" || fail write "$lock"
				break
			fi
		elif abandoned; then
			break_lock
		else
			if [ "$waited" -ge 20 ]; then
				say busy
				exit 0
			fi
			say wait
			sleep 1
			waited=$((waited + 1))
		fi
	done
	printf '%s\n' "$owner" >"$lock/owner" || fail write "$lock"
	beat || fail write "$lock"
}

# hold takes the lock, says what is there, and keeps the lock for as long as
# lines come in: each is a sign of life.
hold() {
	make_parent
	if [ -e "$target" ] && [ ! -d "$target" ]; then
		fail not-folder "$target"
	fi
	take_lock
	if [ ! -e "$target" ] && [ -d "$old" ]; then
		# A publish was cut between its two renames.
		mv "$old" "$target"
	fi
	rm -rf "$old"
	space
	tree target "$target"
	tree part "$part"
	one_by_one "$target" "$@"
	say held
	while IFS= read -r word; do
		mine || exit 0
		case $word in
		clean) rm -rf "$part" ;;
		esac
		beat
	done
	if mine; then
		rm -rf "$lock"
	fi
}

# keep FROM SUBFOLDER NAME...: takes over files that are right already.
keep() {
	from=$1
	sub=$2
	shift 2
	mkdir -p "$stage/$sub" || fail write "$stage/$sub"
	(cd "$from/$sub" && ln "$@" "$stage/$sub/") 2>/dev/null ||
		(cd "$from/$sub" && cp -p "$@" "$stage/$sub/") 2>/dev/null || :
}

# runnable NAME...: of the files taken over.
runnable() {
	(cd "$stage" && chmod 755 "$@") || :
}

# prepared ends what "prepare" began: calls of keep and runnable come between.
prepared() {
	for one in "$part"/*; do
		[ "$one" = "$stage" ] || rm -rf "$one"
	done
	space
	say prepared
}

unpack() {
	if command -v tar >/dev/null 2>&1; then
		tar xmof -
		return
	fi
	for python in python3 python; do
		if command -v "$python" >/dev/null 2>&1; then
			"$python" -c 'import sys, tarfile
tarfile.open(fileobj=getattr(sys.stdin, "buffer", sys.stdin), mode="r|").extractall()'
			return
		fi
	done
	fail tool tar
}

send() {
	mine || fail lock
	mkdir -p "$stage" || fail write "$stage"
	cd "$stage" || fail write "$stage"
	unpack || {
		space
		fail write "$stage"
	}
	tree stage "$stage"
	one_by_one "$stage" "$@"
	say sent
}

publish() {
	mine || fail lock
	rm -rf "$old"
	if [ -e "$target" ]; then
		mv "$target" "$old" || fail write "$target"
	fi
	if ! mv "$stage" "$target"; then
		[ ! -d "$old" ] || mv "$old" "$target"
		fail write "$target"
	fi
	say published
	rm -rf "$old" "$part"
}

case $verb in
hold) hold "$@" ;;
prepare)
	mine || fail lock
	mkdir -p "$stage" || fail write "$stage"
	;;
send) send "$@" ;;
publish) publish ;;
esac

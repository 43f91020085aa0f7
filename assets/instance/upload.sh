#!/bin/sh
# One folder, replaced whole or not at all. sum.sh and known.sh come before this,
# and $receive_code is receive.py.
#
#   $1 what to do: hold, stream
#   $2 the folder, an absolute path
#   $3 the owner of this try: letters, digits, one dot; before the dot the
#      uploading program, after it the try's number
#   $4 a word that begins each line of answer and occurs nowhere else
#   $5 hold: "doubt" to read everything again, or "trust"; stream: its number
#   $6... KEY NAME KEY NAME..., names that would break lines
#
# Beside the folder NAME lie, while an upload is under way:
#   .NAME.part/OWNER/   what that try has put together so far:
#     tree/             what is going to be the folder
#     big/KEY           large files, filled range by range
#     log.N             what stream N has read back: "DIGEST  ./NAME", "one KEY
#                       DIGEST", "range KEY SEEK COUNT", "lost KEY"
#     list.N            what stream N is receiving, as calls of sums and one
#   .NAME.lock/         who may put together and publish, and its last sign of life
#   .NAME.old           the former folder, between the two renames of publish
# and always .NAME.sums, see known.sh.
#
# A try takes over what earlier ones left, but into folders of its own: a writer
# left over from a broken connection then finds no name that is still in use.
# shellcheck disable=SC2154 # sum.sh and receive.py come before
LC_ALL=C
export LC_ALL
verb=$1
target=$2
owner=$3
mark=$4
extra=$5
shift 5
parent=${target%/*}
name=${target##*/}
part=$parent/.$name.part
old=$parent/.$name.old
lock=$parent/.$name.lock
sums=$parent/.$name.sums
parent=${parent:-/}
try=$part/$owner
tree=$try/tree
big=$try/big
log=$try/log.0

# A holder without a sign of life for so many seconds has lost its lock.
patience=30

say() {
	printf '%s %s\n' "$mark" "$*"
}

# space says how much the file system has left.
space() {
	say "kib $(df -Pk "$parent" 2>/dev/null | tail -n 1)"
	say "inodes $(df -Pi "$parent" 2>/dev/null | tail -n 1)"
}

# fail WHY [PATH]: of what could not be written, the space that is left may be
# the reason.
fail() {
	[ "$1" != write ] || space
	say "fail $*"
	exit 3
}

[ "$sum" != none ] || fail tool sha256sum

# all FOLDER: the digests of all files below it.
all() {
	[ -d "$1" ] || return 0
	(
		cd "$1" || exit
		if [ -n "$sum" ]; then
			# shellcheck disable=SC2086
			find . -type f -exec $sum {} +
		else
			find . -type f -exec "$python" -c "$sum_code" {} +
		fi
	)
}

# one KEY NAME: the digest of a file whose name would break lines.
one() {
	if [ -f "$2" ]; then
		# shellcheck disable=SC2119
		digest=$(sums <"$2")
		printf 'one %s %s\n' "$1" "${digest%% *}"
	fi
}

# ones FOLDER KEY NAME...: of those in a folder.
ones() {
	(
		cd "$1" 2>/dev/null || exit 0
		shift
		while [ "$#" -gt 1 ]; do
			one "$1" "./$2"
			shift 2
		done
	)
}

# Not every dd can wait for a block to fill.
full=
if printf ab | dd bs=2 count=1 iflag=fullblock >/dev/null 2>&1; then
	full=iflag=fullblock
fi

# take BYTES: so many of the standard input, and not one of what follows.
take() {
	if [ -n "$full" ]; then
		dd bs="$1" count=1 $full 2>/dev/null
	else
		dd bs=1 count="$1" 2>/dev/null
	fi
}

# receive COUNT [OPERAND...]: so many blocks of 64 KiB; $try/dd.N says how many
# came.
receive() {
	count=$1
	shift
	if [ -n "$full" ]; then
		dd bs=65536 count="$count" $full "$@" 2>"$try/dd.$number"
	else
		dd ibs=1 obs=65536 count="$((count * 65536))" "$@" 2>"$try/dd.$number"
	fi
}

mine() {
	holder=
	{ IFS= read -r holder <"$lock/owner"; } 2>/dev/null
	[ "$holder" = "$owner" ]
}

beat() {
	date +%s >"$lock/beat.new" && mv "$lock/beat.new" "$lock/beat"
}

# beating COMMAND...: runs what may take a while, giving signs of life for as
# long as this script lives.
beating() {
	(
		while sleep 5 && kill -0 $$ && mine; do
			beat
		done
	) </dev/null >/dev/null 2>&1 &
	beater=$!
	"$@"
	kill "$beater" 2>/dev/null
	wait "$beater" 2>/dev/null
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

# adopt TRY: takes over what it left. Its files get second names: a writer that
# is still at one of them spoils nothing, for what is not whole is sent again
# under a new file.
adopt() {
	from=$1
	if ! cp -alf "$from/tree/." "$tree" 2>/dev/null; then
		# No links on this file system, or nothing to take over.
		[ ! -d "$from/tree" ] || { rm -rf "$tree" "$try"/log.* && mv "$from/tree" "$tree"; }
	fi
	for file in "$from"/big/*; do
		[ ! -f "$file" ] || mv "$file" "$big/"
	done
	if [ "$(cat "$from/boot" 2>/dev/null)" = "$boot" ]; then
		# In this order: a stream notes what it read back before it forgets what
		# it received, and may just be at it.
		for list in "$from"/list.*; do
			# shellcheck disable=SC1090 # made by the uploading program
			[ ! -f "$list" ] || (cd "$tree" && . "$list") >>"$log" 2>/dev/null
		done
		cat "$from"/log.* >>"$log" 2>/dev/null
	else
		# The machine was restarted since: what was not on its disk is lost.
		all "$tree" >>"$log" 2>/dev/null
	fi
	rm -rf "$from"
}

# take_over gathers what is there already, and says it.
take_over() {
	boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)
	mkdir -p "$tree" "$big" || fail write "$try"
	printf '%s\n' "$boot" >"$try/boot" || fail write "$try"
	for earlier in "$part"/*; do
		if [ -d "$earlier" ] && [ "$earlier" != "$try" ]; then
			adopt "$earlier"
		fi
	done
	if [ "$extra" = doubt ]; then
		rm -rf "$big" "$try"/log.*
		mkdir "$big" || fail write "$big"
		all "$tree" >"$log"
		ones "$tree" "$@" >>"$log"
	fi
	if [ "$extra" != doubt ] && known; then
		cp "$sums/list" "$try/target" || fail write "$try"
	else
		{ all "$target" && ones "$target" "$@"; } >"$try/target" || fail write "$try"
	fi
	say tree target
	cat "$try/target"
	say tree log
	cat "$try"/log.* 2>/dev/null
	say end
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
	beating take_over "$@"
	say held
	while IFS=' ' read -r word a b c; do
		mine || exit 0
		case $word in
		prepare) prepare "$a" ;;
		publish) publish "$a" "$b" "$c" ;;
		note) note "$a" ;;
		esac
		beat
	done
	if mine; then
		rm -rf "$lock"
	fi
}

# prepare BYTES: runs that much of what comes in: calls of keep, drop and
# runnable.
prepare() {
	take "$1" >"$try/do" || fail write "$try"
	[ "$(($(wc -c <"$try/do")))" -eq "$1" ] || exit 0
	# shellcheck disable=SC1091 # made by the uploading program
	. "$try/do"
	rm -f "$try/do"
	# What was found in the folder comes first: later lines count.
	cat "$try/target" "$try"/log.* >"$try/log" 2>/dev/null
	rm -f "$try"/log.*
	mv "$try/log" "$log" || fail write "$try"
	space
	say prepared
}

# keep SUBFOLDER NAME...: takes over files of the folder that are right already.
keep() {
	sub=$1
	shift
	mkdir -p "$tree/$sub" || fail write "$tree/$sub"
	(cd "$target/$sub" && ln -f "$@" "$tree/$sub/") 2>/dev/null ||
		(cd "$target/$sub" && cp -pf "$@" "$tree/$sub/") 2>/dev/null || :
}

# drop NAME...: of the files taken over from earlier tries.
drop() {
	(cd "$tree" && rm -rf "$@")
}

# runnable NAME...: of the files taken over.
runnable() {
	(cd "$tree" && chmod 755 "$@") || :
}

# bytes: how many the files of the tree have, where something can tell that
# without reading them. It asks the file system, and not who wrote them.
bytes() {
	stat -c %s . >/dev/null 2>&1 || return 0
	(cd "$tree" && find . -type f -exec stat -c %s {} +) | awk '{ n += $1 } END { printf "%.0f", n }'
}

# publish LINES BYTES DIGEST, if listing the files takes so many lines, and they
# have so many bytes.
publish() {
	mine || fail lock
	lines=$(cd "$tree" && find . -type f | wc -l)
	size=$(bytes 2>/dev/null)
	if [ "$((lines))" -ne "$1" ] || [ "${size:-$2}" != "$2" ]; then
		say differs
		return
	fi
	rm -rf "$old" "$sums"
	if [ -e "$target" ]; then
		mv "$target" "$old" || fail write "$target"
	fi
	if ! mv "$tree" "$target"; then
		[ ! -d "$old" ] || mv "$old" "$target"
		fail write "$target"
	fi
	say published
	cat "$try"/log.* >"$try/target" 2>/dev/null
	note "$3"
	rm -rf "$old"
}

# note DIGEST: remembers what the folder holds, and clears up.
note() {
	rm -rf "$sums"
	if mkdir "$try/sums" && mv "$try/target" "$try/sums/list" && printf '%s\n' "$1" >"$try/sums/digest" &&
		fingerprint "$target" >"$try/sums/stat"; then
		mv "$try/sums" "$sums"
	fi 2>/dev/null
	rm -rf "$part"
}

unpack_code='import os, sys, tarfile
archive = tarfile.open(fileobj=getattr(sys.stdin, "buffer", sys.stdin), mode="r|")
for member in archive:
    try:
        os.makedirs(os.path.dirname(member.name))
    except OSError:
        pass
    if os.path.lexists(member.name):
        os.remove(member.name)
    archive.extract(member)'

# unpack keeps reading to the end, so that its writer always has a reader.
unpack() {
	if [ "$tar" = yes ]; then
		tar xmof -
	else
		"$python" -c "$unpack_code"
	fi
	unpacked=$?
	cat >/dev/null
	return "$unpacked"
}

# files PART BYTES BLOCKS: a list of names, then an archive.
files() {
	list=$try/list.$number
	take "$2" >"$list" || fail write "$try"
	[ "$(($(wc -c <"$list")))" -eq "$2" ] || exit 0
	receive "$3" | unpack
	unpacked=$?
	# Of a part that was cut, too, what is whole is worth keeping.
	# shellcheck disable=SC1090 # made by the uploading program
	lines=$(. "$list" 2>/dev/null)
	if [ -z "$lines" ] || printf '%s\n' "$lines" >>"$log"; then
		rm -f "$list"
	fi
	[ "$unpacked" -eq 0 ] || fail write "$tree"
	printf '%s\n' "$lines"
	say "done $1"
}

# range PART KEY SEEK COUNT: blocks of a large file.
range() {
	receive "$4" of="$big/$2" seek="$3" conv=notrunc || {
		cat "$try/dd.$number" >&2
		fail write "$big"
	}
	came=0
	{ IFS=+ read -r came partial; } <"$try/dd.$number"
	[ -n "$full" ] || came=$(((came + ${partial%% *}) / 65536))
	[ "$came" -eq 0 ] || printf 'range %s %s %s\n' "$2" "$3" "$came" >>"$log"
	[ "$came" -eq "$4" ] || exit 0
	say "done $1"
}

# whole PART KEY SIZE MODE DIGEST BYTES: a large file has all its ranges; its
# name comes next.
whole() {
	take "$6" >"$try/name.$number" || fail write "$try"
	[ "$(($(wc -c <"$try/name.$number")))" -eq "$6" ] || exit 0
	path=$(
		cat "$try/name.$number"
		echo .
	)
	path=${path%.}
	# The last block was filled up.
	dd if=/dev/null of="$big/$2" bs=1 seek="$3" count=0 2>/dev/null || fail write "$big"
	# shellcheck disable=SC2119
	digest=$(sums <"$big/$2")
	digest=${digest%% *}
	if [ "$digest" = "$5" ]; then
		place "$2" "$4"
	else
		rm -f "$big/$2"
		printf 'lost %s\n' "$2" >>"$log"
	fi
	say "whole $1 $digest"
}

# place KEY MODE gives a large file the name $path.
place() {
	case $path in
	*/*) mkdir -p "$tree/${path%/*}" || fail write "$tree" ;;
	esac
	chmod "$2" "$big/$1" || :
	mv -f "$big/$1" "$tree/$path" || fail write "$tree"
	case $path in
	*"
"*) ;; # not noted: it would break the line
	*) printf '%s  ./%s\n' "$digest" "$path" >>"$log" ;;
	esac
}

# stream receives what one channel brings, part after part. A Python does that
# quickest; one that did not begin has read nothing of it.
stream() {
	number=$extra
	log=$try/log.$number
	tar=yes
	if ! command -v tar >/dev/null 2>&1; then
		tar=no
		[ -n "$python" ] || fail tool tar
	fi
	mine || fail lock
	cd "$tree" || fail write "$tree"
	if [ -n "$python" ]; then
		# shellcheck disable=SC2154 # comes before
		"$python" -I -S -c "$receive_code" "$mark" "$number" "$owner" "../../../.$name.lock/owner" "$@"
		case $? in
		0) exit 0 ;;
		5) fail lock ;;
		1 | 2 | 126 | 127) ;;
		*) fail write "$tree" ;;
		esac
	fi
	while IFS=' ' read -r word a b c d e f; do
		mine || fail lock
		case $word in
		files) files "$a" "$b" "$c" ;;
		range) range "$a" "$b" "$c" "$d" ;;
		whole) whole "$a" "$b" "$c" "$d" "$e" "$f" ;; # digest is for Python alone
		esac
	done
}

case $verb in
hold) hold "$@" ;;
stream) stream "$@" ;;
esac

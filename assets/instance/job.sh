#!/bin/sh
# A job that outlives the connection, in a folder of its own. The functions of
# process.sh stand before this text.
#
#   job.sh start FOLDER MARK ID COMMANDS WHOLE   starts it once; this text on stdin
#   job.sh state FOLDER MARK                     says where it stands
#   job.sh read FOLDER MARK OFFSET LIMIT         likewise, then bytes of its log
#   job.sh stop FOLDER MARK SECONDS              ends it: politely, then by force
#   job.sh run FOLDER ID                         (by start) the runner
#   job.sh child FOLDER                          (by run) becomes the command
#
# In the folder:
#   asked     when it was asked for (seconds of the clock)
#   pid       the runner: pid, start time, boot, clock, uptime, lock. Linked into
#             place with its content: whoever links it is the one runner
#   lock.ID   held by the runner and the command: the kernel lets it go when the
#             last of them is dead, so no other process is ever taken for them
#   child     the command: pid, start time
#   cmd, log  what is run, and what it wrote
#   beat      clock and uptime, again and again while the runner lives
#   whole     endings of file names: such a file is not left half written
#   end.wait  an empty file made at the start, which becomes
#   end.CODE.CLOCK.UPTIME  when the command has ended: a rename works on a full
#             disk
#   stop      someone asked for the end
#
# The runner and the command have a session each, so that stopping the command
# with all its children leaves the runner alive to write down the exit code.
verb=$1
dir=$2
shift 2

read_pid() {
	pid=
	pid_begun=
	pid_boot=
	started=
	started_up=
	lock=
	if [ -e "$dir/pid" ]; then
		{
			IFS= read -r pid
			IFS= read -r pid_begun
			IFS= read -r pid_boot
			IFS= read -r started
			IFS= read -r started_up
			IFS= read -r lock
		} <"$dir/pid"
	fi
}

read_child() {
	child=
	child_begun=
	if [ -e "$dir/child" ]; then
		{
			IFS= read -r child
			IFS= read -r child_begun
		} <"$dir/child"
	fi
}

read_beat() {
	beat=
	beat_up=
	if [ -e "$dir/beat" ]; then
		IFS=' ' read -r beat beat_up <"$dir/beat" || :
	fi
}

# read_end sets code, ended and ended_up, and is true, if the command's end is
# written down.
read_end() {
	for end in "$dir"/end.*; do
		end=${end##*/end.}
		case $end in
		wait | '*') ;;
		*.*.*)
			code=${end%%.*}
			end=${end#*.}
			ended=${end%%.*}
			ended_up=${end#*.}
			return 0
			;;
		esac
	done
	return 1
}

# holds sets held: whether somebody holds the job's lock, or unknown where
# there is none. Those who only look share it.
holds() {
	held=unknown
	case $lock in
	lock.*)
		if command -v flock >/dev/null 2>&1 && [ -e "$dir/$lock" ]; then
			held=yes
			if flock -s -n 8 8<"$dir/$lock"; then
				held=no
			fi
		fi
		;;
	esac 2>/dev/null
}

find_phase() {
	code=0
	ended=0
	ended_up=
	rebooted=0
	phase=absent
	read_pid
	if [ -z "$pid" ]; then
		asked=
		if [ -e "$dir/asked" ]; then
			IFS= read -r asked <"$dir/asked" || :
		fi
		case $asked in
		'' | *[!0-9]*) ;;
		*)
			# A start that was cut short is no job: it may be asked for again.
			age=$(($(date +%s) - asked))
			if [ "$age" -ge -5 ] && [ "$age" -lt 60 ]; then
				phase=starting
			fi
			;;
		esac
		return
	fi
	if [ "$(boot)" != "$pid_boot" ]; then
		rebooted=1
	fi
	if read_end; then
		phase=exited
		return
	fi
	if is_running; then
		phase=running
		return
	fi
	# It may have ended while we looked.
	phase=lost
	if read_end; then
		phase=exited
	fi
}

is_running() {
	holds
	if [ "$held" = yes ]; then
		# By another machine, if not by this one: a shared disk.
		rebooted=0
		return 0
	fi
	[ "$rebooted" = 0 ] || return 1
	# Nobody holds it. A number alone may be anybody's by now; a number that
	# began when it was written down is a command that closed what it was given.
	[ "$held" = unknown ] || [ -n "$pid_begun" ] || return 1
	read_child
	alive "$pid" "$pid_begun" || alive "$child" "$child_begun"
}

# time_run sets ran to the seconds that the job ran, by the machine's own count.
time_run() {
	ran=0
	till=$ended_up
	case $phase in
	running)
		if read_uptime; then
			till=$up
		fi
		;;
	lost) till=$beat_up ;;
	esac
	case $started_up in '' | *[!0-9]*) return ;; esac
	case $till in '' | *[!0-9]*) return ;; esac
	if [ "$started_up" -gt 0 ] && [ "$till" -gt "$started_up" ]; then
		ran=$(((till - started_up) / 10))
	fi
}

say_state() {
	find_phase
	read_beat
	time_run
	size=0
	if [ -e "$dir/log" ]; then
		size=$(wc -c <"$dir/log")
		size=$((size))
	fi
	printf '%s job phase=%s exit=%s size=%s started=%s ended=%s beat=%s ran=%s rebooted=%s\n' \
		"$mark" "$phase" "$code" "$size" "${started:-0}" "${ended:-0}" "${beat:-0}" "$ran" "$rebooted"
}

own_locale() {
	if [ "$locale" = none ]; then
		unset LC_ALL
	else
		LC_ALL=$locale
	fi
}

start() {
	id=$1
	commands=$2
	make_folder
	if [ -e "$dir/pid" ]; then
		cat >/dev/null
		say_state
		return
	fi
	cat >"$dir/run.$id" || fail write "$dir"
	printf '%s\n' "$commands" >"$dir/cmd.$id" || fail write "$dir"
	printf '%s' "$3" >"$dir/whole" || fail write "$dir"
	: >"$dir/end.wait" || fail write "$dir"
	date +%s >"$dir/asked.$id" || fail write "$dir"
	mv "$dir/asked.$id" "$dir/asked" || fail write "$dir"
	(own_locale && apart sh "$dir/run.$id" run "$dir" "$id") </dev/null >/dev/null 2>&1 &
	napped=0
	while [ ! -e "$dir/pid" ] && [ "$napped" -lt 100 ]; do
		nap
	done
	say_state
}

# launch runs the command and sets code to its exit code.
launch() {
	signal=
	(apart sh "$dir/run.$id" child "$dir") </dev/null >>"$dir/log" 2>&1 &
	launched=$!
	code=
	while :; do
		signal=
		wait "$launched"
		got=$?
		# A signal ends the wait early; a second wait for a command that has
		# ended already says 127 in some shells.
		if [ -z "$code" ] || [ "$got" != 127 ]; then
			code=$got
		fi
		[ -n "$signal" ] || break
	done
}

# pulse says again and again that the runner lives.
pulse() {
	while alive "$1" "$2"; do
		read_uptime || :
		save "$dir/beat" "$(date +%s) ${up:-0}" || :
		sleep 5
	done
}

run() {
	id=$1
	# A machine that shuts down asks every process to end: the command may still
	# end by itself, and its exit code is wanted. Not every shell can do this.
	trap 'signal=yes' HUP INT TERM 2>/dev/null || :
	lock=none
	if [ -e "$dir/lock.$id" ] && flock -n 9 2>/dev/null; then
		lock=lock.$id
	fi
	read_uptime || :
	self=$(begun "$$")
	printf '%s\n' "$$" "$self" "$(boot)" "$(date +%s)" "${up:-0}" "$lock" >"$dir/pid.$id" || exit 1
	if ! ln "$dir/pid.$id" "$dir/pid" 2>/dev/null; then
		# Where there are no hard links, a folder is the lock.
		if [ -e "$dir/pid" ] || ! mkdir "$dir/claim" 2>/dev/null ||
			! mv "$dir/pid.$id" "$dir/pid"; then
			rm -f "$dir/pid.$id" "$dir/cmd.$id" "$dir/run.$id" "$dir/lock.$id"
			exit 0
		fi
	fi
	rm -f "$dir/pid.$id"
	if [ -e "$dir/stop" ]; then
		code=143
	else
		mv "$dir/cmd.$id" "$dir/cmd"
		# The lock is the command's and the runner's alone.
		if [ "$lock" = none ]; then
			pulse "$$" "$self" </dev/null >/dev/null 2>&1 &
		else
			pulse "$$" "$self" </dev/null >/dev/null 2>&1 9>&- &
		fi
		pulse=$!
		launch
		kill "$pulse" 2>/dev/null || :
	fi
	read_uptime || :
	mv "$dir/end.wait" "$dir/end.$code.$(date +%s).${up:-0}"
}

child() {
	if printf '%s\n' "$$" "$(begun "$$")" >"$dir/child.new"; then
		mv "$dir/child.new" "$dir/child"
	fi
	# The commands end with exec: this process becomes the job's.
	# shellcheck disable=SC1091
	. "$dir/cmd"
}

# find_family sets family to the command and all that descends from it.
find_family() {
	family=" $child "
	before=
	while [ "$family" != "$before" ]; do
		before=$family
		for entry in /proc/[0-9]*; do
			stat=
			if [ -r "$entry/stat" ]; then
				IFS= read -r stat <"$entry/stat" || :
			fi
			stat=${stat##*) }
			# shellcheck disable=SC2086
			set -- $stat
			case $family in
			*" ${entry##*/} "*) ;;
			*" $2 "*) family="$family${entry##*/} " ;;
			esac
		done
	done 2>/dev/null
}

# gather notes the command and its children, each with its begin: once the
# command is dead, nothing tells whose children they were.
gather() {
	members=
	read_child
	alive "$child" "$child_begun" || return 0
	find_family
	for one in $family; do
		members="$members $one:$(begun "$one")"
	done
}

# tell SIGNAL: to the command and its children.
tell() {
	read_child
	alive "$child" "$child_begun" || return 0
	kill "-$1" "-$child" 2>/dev/null || kill "-$1" "$child" 2>/dev/null || :
	# Some have a session of their own.
	for one in $members; do
		if alive "${one%%:*}" "${one#*:}"; then
			kill "-$1" "${one%%:*}" 2>/dev/null || :
		fi
	done
}

# writes is whether the command or one of its children has a file open for
# writing that must be whole.
writes() {
	for one in $members; do
		ls -l "/proc/${one%%:*}/fd" 2>/dev/null || :
	done | {
		while IFS= read -r line; do
			case $line in
			l?w*) ;;
			*) continue ;;
			esac
			while IFS= read -r ending || [ -n "$ending" ]; do
				case $line in
				*" -> "*"$ending") [ -z "$ending" ] || exit 0 ;;
				esac
			done <"$dir/whole"
		done
		exit 1
	}
}

# hold stops the command and its children where no file that must be whole is
# half written. The signal to end finds them there. A command that never comes
# to such a place is ended all the same.
hold() {
	[ -s "$dir/whole" ] && [ -n "$members" ] && [ -r "/proc/$child/fd" ] || return 0
	napped=0
	while [ "$napped" -lt 300 ]; do
		tell STOP
		nap
		writes || return 0
		tell CONT
		nap
	done
}

# await SECONDS: true once the job runs no more.
await() {
	napped=0
	find_phase
	while [ "$phase" = running ]; do
		[ "$napped" -lt $(($1 * 10)) ] || return 1
		nap
		find_phase
	done
}

# bury ends what is left of the children after the command.
bury() {
	napped=0
	while [ "$napped" -lt 20 ]; do
		left=
		for one in $members; do
			if alive "${one%%:*}" "${one#*:}"; then
				left="$left ${one%%:*}"
			fi
		done
		[ -n "$left" ] || return 0
		nap
	done
	# shellcheck disable=SC2086
	kill -KILL $left 2>/dev/null || :
}

stop() {
	seconds=$1
	# Whoever asked may be gone before this is done.
	trap '' HUP INT TERM PIPE 2>/dev/null || :
	find_phase
	case $phase in
	running | starting) ;;
	*)
		say_state
		return
		;;
	esac
	touch "$dir/stop" 2>/dev/null || :
	napped=0
	while [ ! -e "$dir/child" ] && [ "$napped" -lt 50 ]; do
		find_phase
		case $phase in
		running | starting) ;;
		*) break ;;
		esac
		nap
	done
	gather
	hold
	tell TERM
	tell CONT
	if ! await "$seconds"; then
		tell KILL
		if ! await 5; then
			read_pid
			if alive "$pid" "$pid_begun"; then
				kill -KILL "$pid" 2>/dev/null || :
			fi
			await 2 || :
		fi
	fi
	bury
	say_state
}

case $verb in
run)
	if command -v flock >/dev/null 2>&1 && : >"$dir/lock.$1"; then
		run "$@" 9>"$dir/lock.$1"
	else
		run "$@"
	fi
	exit
	;;
child)
	child
	exit
	;;
esac

# Messages are read by a program; the job itself gets the locale that was.
locale=${LC_ALL-none}
LC_ALL=C
export LC_ALL
mark=$1
shift
case $verb in
start) start "$@" ;;
state) say_state ;;
stop) stop "$@" ;;
read)
	offset=$1
	limit=$2
	say_state
	count=$((size - offset))
	if [ "$count" -gt "$limit" ]; then
		count=$limit
	fi
	if [ "$count" -gt 0 ]; then
		tail -c "+$((offset + 1))" "$dir/log" | head -c "$count"
	fi
	;;
esac
